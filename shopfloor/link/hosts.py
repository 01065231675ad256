"""The servers of a line in the order they are tried: first the one that answered last, last one that did not."""


class Hosts:
    """Outlives the connections of a process; belongs to the loop they are made on."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._hosts = list(hosts)

    @property
    def order(self) -> tuple[str, ...]:
        """All of them, the best first."""
        return tuple(self._hosts)

    def answered(self, host: str) -> None:
        """The line answered through it: it is tried first from now on."""
        self._hosts.sort(key=lambda one: one != host)

    def doubted(self, host: str) -> None:
        """It did not let us in, or did and has answered nothing yet: the others are tried before it."""
        self._hosts.sort(key=lambda one: one == host)

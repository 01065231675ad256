"""What the environment causes: exceptions with words for a technician and a remedy."""


class Trouble(Exception):
    """The world's fault, not the program's. `what` says expected and got, `remedy` what to do."""

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class StoreTrouble(Trouble):
    """The disk or the database does not do what was asked; nothing was changed."""


class PortTrouble(Trouble):
    """A port is gone, busy or refused."""


class DataFolderBusy(StoreTrouble):
    """Another process writes this data folder."""

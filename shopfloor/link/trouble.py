"""What a terminal or a technician meets on the way to the line's server, each as what it is."""

from shopfloor.trouble import Trouble


class LinkTrouble(Trouble):
    """The line's server cannot be used now, or did not do what was asked."""


class Unreachable(LinkTrouble):
    """Nobody answers, or not in time, or it is no line server."""


class WrongServer(LinkTrouble):
    """A server answers whose certificate is not the line's, or that does not encrypt."""


class KeyRefused(LinkTrouble):
    """The server does not know this terminal's key: revoked, or never known."""


class Denied(LinkTrouble):
    """The server knows the key, and the key has not the right for this."""


class ServerTrouble(LinkTrouble):
    """The server's program, its settings or its stream are not fit for a line."""

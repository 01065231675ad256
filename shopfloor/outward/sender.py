"""The plug-in point: what a way out has to do, and where it is found."""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from shopfloor.core.line_andon import Sender
from shopfloor.outward.message import Addressee, Message
from shopfloor.secret_file import password_of
from shopfloor.trouble import Trouble

GROUP = "shopfloor.senders"  # entry points: a sender's kind, or the scheme of its target -> a `Make`
SEND_S_MAX = 5.0  # for each step on the network: a server that answers later is one that is down

_BUILT_IN = {
    "smtp": "shopfloor.outward.smtp:SmtpSending",
    "webhook": "shopfloor.outward.webhook:WebhookSending",
    "mqtt": "shopfloor.outward.mqtt:MqttSending",
}


class SendFault(Trouble):
    """A message did not get through. Not `permanent`: it is tried again.

    Where it reached some, the others are named: those `refused` for good, and those that are `left` to be tried again.
    """

    def __init__(
        self,
        what: str,
        *,
        remedy: str,
        permanent: bool = False,
        refused: tuple[Addressee, ...] = (),
        left: tuple[Addressee, ...] = (),
    ) -> None:
        super().__init__(what, remedy=remedy)
        self.permanent = permanent
        self.refused = refused
        self.left = left


class Sending(Protocol):
    """One way out. Used by one thread; it may be made anew after a fault, and may keep a connection until `close`."""

    def send(self, message: Message) -> None:
        """Return when the message is in the hands of whoever forwards it; raises SendFault, and nothing else."""

    def close(self) -> None:
        """Let go of everything; never raises."""


Make = Callable[[Sender, str], Sending]  # the line file's values and the password, "" for none; raises SendFault


def make_sending(sender: Sender, folder: Path) -> Sending:
    """The way out of a sender, with its secret from the data folder.

    A plant's own entry point comes before the program's. Raises SendFault.
    """
    scheme = sender.target.partition(":")[0].lower()
    return _found(scheme, sender.kind.value)(sender, password_of(folder, sender.id))


def _found(scheme: str, kind: str) -> Make:
    for name in dict.fromkeys((scheme, kind)):
        for entry in entry_points(group=GROUP, name=name):
            try:
                own: Make = entry.load()
            except (ImportError, AttributeError) as error:
                raise SendFault(
                    f"The sender {entry.value} of the entry point {GROUP}:{name} cannot be loaded: {error}.",
                    remedy="Install its package again, or remove it.",
                ) from error
            return own
    module, _, name = _BUILT_IN[kind].partition(":")
    built_in: Make = getattr(import_module(module), name)
    return built_in

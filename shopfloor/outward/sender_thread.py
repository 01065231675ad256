"""One sender at work: takes what waits for it, in order, and tries again until it gets through."""

import logging
import threading
from pathlib import Path

from shopfloor.clock import Clock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Sender
from shopfloor.core.ports import Report
from shopfloor.outward.message import Message
from shopfloor.outward.sender import SendFault, Sending, make_sending
from shopfloor.outward.spool import Spool

RETRY_S_MIN = 1.0
RETRY_S_MAX = 60.0  # a server that is back is noticed within a minute
IDLE_S = 60.0  # nothing to do: whoever queues something wakes it
END_S_MAX = 2.0  # a server that hangs must not keep the terminal from ending; what it has not confirmed is sent again

_log = logging.getLogger("shopfloor.outward")

# A plant's own sender may be wrong in its own ways: that must not silence it for ever, nor hide what is wrong.
_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, OSError)


class SenderThread:
    """Sends for one sender, from its spool, on a thread of its own."""

    def __init__(self, sender: Sender, spool: Spool, folder: Path, *, report: Report, clock: Clock) -> None:
        self.sender = sender
        self.spool = spool
        self._folder, self._report, self._clock = folder, report, clock
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._sending: Sending | None = None
        self._sent = 0
        self._unaddressed = 0
        self._health = Health(
            id=f"sender:{sender.id}",
            kind="sender",
            condition=Condition.NEW,
            since_us=clock.now().at_us,
            detail=_shown(sender),
        )
        self._thread = threading.Thread(target=self._run, name=f"shopfloor-sender-{sender.id}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the spool; a wait after a failure is not cut short."""
        self._wake.set()

    def note_unaddressed(self) -> None:
        """Count a message that reached nobody, for none of those called has an address."""
        self._unaddressed += 1
        self._wake.set()

    def ask_stop(self) -> None:
        """Ask it to end; what waits stays in the spool."""
        self._stop.set()
        self._wake.set()

    def join(self) -> bool:
        """Wait until it has ended, but not for ever; whether it has."""
        self._thread.join(END_S_MAX)
        return not self._thread.is_alive()

    def _run(self) -> None:
        wait_s = RETRY_S_MIN
        self._report((self._health,))
        while not self._stop.is_set():
            self._wake.clear()
            found = self.spool.first(self._clock.now())
            if found is None:
                self._say(self._health.condition, self._health.detail, self._health.remedy)
                self._clock.wait(self._wake, IDLE_S)
                continue
            fault = self._try(found[1])
            if self._settle(found[0], found[1], fault):
                wait_s = RETRY_S_MIN
                continue
            self._clock.wait(self._stop, wait_s)
            wait_s = min(2 * wait_s, RETRY_S_MAX)
        self._let_go()
        self._say(Condition.STOPPED, _shown(self.sender), "")

    def _try(self, message: Message) -> SendFault | None:
        try:
            if self._sending is None:
                self._sending = make_sending(self.sender, self._folder)
            self._sending.send(message)
        except SendFault as fault:
            # Made anew for the next try: the password or the library may be there by then.
            self._let_go()
            return fault
        except _BUGS as bug:
            _log.exception("the sender %s failed by a fault of its program", self.sender.id)
            self._let_go()
            return SendFault(
                f"Fault of the program: {type(bug).__name__}: {bug}",
                remedy="Send the log to whoever maintains this sender.",
            )
        return None

    def _settle(self, number: int, message: Message, fault: SendFault | None) -> bool:
        """Do what follows from a try; False if it has to wait before the next."""
        if fault is None:
            self._sent += 1
            self.spool.done(number, reached=message.to)
            self._say(Condition.UP, _shown(self.sender), "")
            return True
        missed = {(one.person, one.email) for one in (*fault.refused, *fault.left)}
        reached = tuple(one for one in message.to if (one.person, one.email) not in missed) if missed else ()
        if reached or (fault.refused and fault.left):
            self.spool.done(number, reached=reached, left=fault.left)
        elif fault.permanent:
            self.spool.drop(number)
        final = fault.permanent or (bool(reached) and not fault.left)
        self._say(Condition.TROUBLE if final else Condition.LOST, fault.what, fault.remedy)
        return final

    def _let_go(self) -> None:
        if self._sending is not None:
            self._sending.close()
            self._sending = None

    def _say(self, condition: Condition, detail: str, remedy: str) -> None:
        before = self._health
        counts = {"sent": self._sent, "waiting": len(self.spool), **self.spool.counts}
        counts["unaddressed"] = self._unaddressed
        health = Health(
            id=before.id,
            kind=before.kind,
            condition=condition,
            since_us=before.since_us if condition is before.condition else self._clock.now().at_us,
            detail=detail,
            remedy=remedy,
            counts={name: count for name, count in counts.items() if count or name in {"sent", "waiting"}},
        )
        if health != before:
            if health.condition is not before.condition:
                _log.info("%s is %s: %s", health.id, health.condition.value, health.detail)
            self._health = health
            self._report((health,))


def _shown(sender: Sender) -> str:
    """The target without anything somebody may have put before the host."""
    scheme, _, rest = sender.target.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"

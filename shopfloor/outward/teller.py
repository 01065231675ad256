"""Tells people outside of the calls at a terminal's stations, without ever holding up a call."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from shopfloor.clock import Clock, zone_of
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Line
from shopfloor.core.line_andon import Role, Sender
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.owning import minded
from shopfloor.core.ports import Report
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, Entity
from shopfloor.core.state_andon import Shelf
from shopfloor.core.state_line import Post
from shopfloor.core.text import Translate, english
from shopfloor.core.update import Snapshot, Update
from shopfloor.outward.compose import addressees, compose, trial_message
from shopfloor.outward.ledger import read_ledger, write_ledger
from shopfloor.outward.message import Addressee
from shopfloor.outward.messages import Note, Told, follow, is_over, repeat, repeat_left_us
from shopfloor.outward.sender import SendFault, make_sending
from shopfloor.outward.sender_thread import SenderThread
from shopfloor.outward.spool import Spool
from shopfloor.secret_file import secrets_wrong
from shopfloor.trouble import Trouble

FOLDER = "outward"  # in the data folder
NEWS_MAX = 2_000  # updates behind: past that the whole state is read anew, which loses nothing that still stands
IDLE_S = 60.0  # nothing due: whatever happens wakes it
BATCH_MAX = 50  # of a flood at once: the first are told before the last are looked at
HANGING_S = 1.0  # a sender that must be made anew and hangs at its server is looked after so often
END_S_MAX = 5.0  # a flood's last messages go to the disk
SECRETS_PART = "secrets"

_log = logging.getLogger("shopfloor.outward")


class Listen(Protocol):
    """What it needs of an engine: a snapshot and then updates, without a gap."""

    def __call__(self, put: Callable[[Snapshot | Update], None], /) -> Callable[[], None]:
        """Begin to call `put` on the engine's thread; the returned function ends it."""


class Teller:
    """Follows the calls on a thread of its own and fills the spool of each sender, which a thread of its own empties.

    Only calls at `stations` are told, so that one terminal of a line does it, and at those that `terminal` took over
    since; not at those that were taken from it. What is told is compared with what was
    told before, kept on the disk: nothing is told twice after a restart, and what happened meanwhile is made up for.
    """

    def __init__(
        self,
        line: Line,
        folder: Path,
        *,
        listen: Listen,
        report: Report,
        clock: Clock,
        stations: tuple[str, ...],
        terminal: str = "",
        translate: Translate = english,
    ) -> None:
        self._data, self._folder = folder, folder / FOLDER
        self._listen, self._report, self._clock, self._translate = listen, report, clock, translate
        self._given, self._terminal = stations, terminal
        self._shop = Shop(line)
        self._news: deque[Snapshot | Update | Line] = deque()
        self._missed = False
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._end_listening: Callable[[], None] = _nothing
        self._told: dict[str, Told] = {}
        self._kept: dict[str, Told] = {}
        self._senders: dict[str, SenderThread] = {}
        self._hanging = False
        self._ready = False
        self._secrets_wrong = ("", "")
        self._thread = threading.Thread(target=self._run, name="shopfloor-teller", daemon=True)

    def start(self) -> None:
        """Begin to follow and to send what waits; no call after this is missed."""
        self._end_listening = self._listen(self._put)
        self._thread.start()

    def renew(self, line: Line) -> None:
        """Go on with the senders and people of this line; the engine's own changes of it are followed by themselves."""
        self._news.append(line)
        self._wake.set()

    def stop(self) -> None:
        """Put what has happened into the spools and end; what waits there is sent after the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(END_S_MAX)

    def test(self, sender_id: str) -> bool:
        """Send a test message now, past what waits; whether it got through. The log says why not."""
        sender = next((sender for sender in self._shop.line.senders if sender.id == sender_id), None)
        if sender is None:
            return False
        try:
            send_test(sender, self._shop.line, self._data, now=self._clock.now(), translate=self._translate)
        except Trouble as trouble:
            _log.info("the test of %s failed: %s", sender_id, trouble)
            return False
        return True

    def _put(self, news: Snapshot | Update) -> None:
        """On the engine's thread: nothing here may wait."""
        if isinstance(news, Update) and news.line is None and not any(map(_concerns, news.changed)):
            return
        if len(self._news) >= NEWS_MAX:
            self._missed = True
        else:
            self._news.append(news)
        self._wake.set()

    def _run(self) -> None:
        # What another terminal has taken over since is its business.
        ledger = read_ledger(self._folder)
        self._told = {call: told for call, told in ledger.items() if told.call.station in self._given}
        self._kept = dict(self._told)
        self._set_line(self._shop.line)
        while not self._stop.is_set():
            self._clock.wait(self._wake, self._wait_s())
            self._wake.clear()
            self._turn()
        self._end_listening()
        self._turn()
        while self._news:
            self._turn()
        for thread in self._senders.values():
            thread.ask_stop()
        for thread in self._senders.values():
            thread.join()

    def _turn(self) -> None:
        if self._missed and not self._stop.is_set():
            self._end_listening()
            self._missed = False
            self._news.clear()
            self._end_listening = self._listen(self._put)
            return
        if self._hanging:
            self._set_line(self._shop.line)
        for _ in range(min(BATCH_MAX, len(self._news))):
            self._take(self._news.popleft())
        self._repeat()
        if self._ready:
            self._keep()
            self._release()
        if self._news:
            self._wake.set()

    @property
    def _stations(self) -> frozenset[str]:
        """The stations whose calls are told from here now."""
        return minded(self._shop, self._given, self._terminal)

    def _repeat(self) -> None:
        now = self._clock.now()
        for call, told in tuple(self._told.items()):
            due = repeat(told, self._shop, now)
            if due is not None:
                after, note = due
                # Whom the first message has not reached need not be told that it is still so.
                self._told[call] = self._tell(after, (note,), now, fresh=True)

    def _keep(self) -> None:
        if self._told != self._kept and write_ledger(self._folder, self._told):
            self._kept = dict(self._told)

    def _release(self) -> None:
        """Only now may it be sent: a kill before it was noted would leave somebody waiting for the end."""
        for thread in self._senders.values():
            thread.spool.release()
            thread.wake()

    def _take(self, news: Snapshot | Update | Line) -> None:
        match news:
            case Line():
                self._set_line(news)
            case Snapshot():
                self._shop = Shop(news.line, filter(_concerns, news.entities))
                self._set_line(news.line)
                if not self._ready:
                    self._ready = True
                    self._forget()
                self._follow_gone()
                self._follow_all()
            case Update():
                if news.line is not None:
                    self._set_line(news.line)
                self._shop.put(filter(_concerns, news.changed))
                self._follow_changed(news)

    def _forget(self) -> None:
        known = {*self._told, *self._shop.calls}
        for thread in self._senders.values():
            thread.spool.forget(known)

    def _follow_changed(self, update: Update) -> None:
        for entity in update.changed:
            match entity:
                case Call():
                    self._follow(entity)
                    if entity.stopped_us:  # what a stop explains is told when the stop is over
                        self._follow_all()
                case Shelf() | Post():
                    self._follow_all()
                case _:
                    continue

    def _follow_all(self) -> None:
        mine = self._stations
        self._told = {call: told for call, told in self._told.items() if told.call.station in mine}
        for call in tuple(self._shop.calls.values()):
            self._follow(call)

    def _follow_gone(self) -> None:
        """What ended while nobody listened: whoever was told of it is owed the end."""
        now_us = self._clock.now().at_us
        for told in tuple(self._told.values()):
            if told.call.id not in self._shop.calls:
                call = told.call
                self._follow(call if is_over(call) else replace(call, cleared_us=now_us, closed_us=now_us))

    def _follow(self, call: Call) -> None:
        if call.station not in self._stations:
            return
        now = self._clock.now()
        told, notes = follow(self._told.get(call.id), call, self._shop, now)
        if told is None:
            return
        told = self._tell(told, notes, now)
        if told.over and call.id not in self._shop.calls:
            self._told.pop(call.id, None)
        else:
            self._told[call.id] = told

    def _tell(self, told: Told, notes: tuple[Note, ...], now: Now, *, fresh: bool = False) -> Told:
        """Put what a note says into the spool of everybody it is for. `fresh`: not where the call waits already."""
        to = dict(told.to)
        for note in notes:
            for name, thread in self._senders.items():
                if fresh and thread.spool.waits_for(told.call.id):
                    continue
                told_there = self._put_into(thread, note, told, now)
                if told_there is not None:
                    before = to.get(name, ())
                    to[name] = tuple({(one.person, one.email): one for one in (*before, *told_there)}.values())
        return replace(told, to=to)

    def _put_into(self, thread: SenderThread, note: Note, told: Told, now: Now) -> tuple[Addressee, ...] | None:
        zone = zone_of(self._shop.line.timezone)
        sender = thread.sender
        message = compose(note, told, sender, shop=self._shop, now=now, zone=zone, translate=self._translate)
        if message is None:
            if note.roles and (not sender.roles or set(sender.roles) & set(note.roles)):
                thread.note_unaddressed()
            return None
        thread.spool.put(message, now)
        return message.to

    def _wait_s(self) -> float:
        if self._hanging:
            return HANGING_S
        now = self._clock.now()
        lefts = [repeat_left_us(told, self._shop, now) for told in self._told.values()]
        return min([left / US_PER_S for left in lefts if left is not None], default=IDLE_S)

    def _set_line(self, line: Line) -> None:
        self._shop.set_line(line)
        self._hanging = False
        wanted = {sender.id: sender for sender in line.senders}
        ending = [name for name, thread in self._senders.items() if wanted.get(name) != thread.sender]
        for name in ending:
            self._senders[name].ask_stop()
        for name in ending:
            # One that hangs still has its spool: it must not get a rival that sends the same.
            if self._senders[name].join():
                del self._senders[name]
            else:
                self._hanging = True
        for name, sender in wanted.items():
            if name not in self._senders:
                self._begin(sender)
        self._say_secrets()

    def _begin(self, sender: Sender) -> None:
        try:
            spool = Spool(self._folder / sender.id)
        except OSError as error:
            self._say(f"sender:{sender.id}", "sender", f"{self._folder / sender.id} cannot be used: {error}.")
            return
        thread = SenderThread(sender, spool, self._data, report=self._report, clock=self._clock)
        self._senders[sender.id] = thread
        thread.start()

    def _say_secrets(self) -> None:
        line = self._shop.line
        is_used = bool(line.senders) or any(device.user for device in line.devices)
        wrong = secrets_wrong(self._data) if is_used else ("", "")
        if wrong != self._secrets_wrong:
            self._secrets_wrong = wrong
            self._say(SECRETS_PART, SECRETS_PART, wrong[0], remedy=wrong[1])

    def _say(self, part: str, kind: str, detail: str, *, remedy: str = "Check the disk of the data folder.") -> None:
        condition = Condition.TROUBLE if detail else Condition.UP
        now_us = self._clock.now().at_us
        health = Health(
            id=part, kind=kind, condition=condition, since_us=now_us, detail=detail, remedy=remedy if detail else ""
        )
        self._report((health,))


def send_test(
    sender: Sender, line: Line, folder: Path, *, now: Now, translate: Translate = english, to: str = ""
) -> tuple[Addressee, ...]:
    """Send a test message to whoever the sender would tell now, or to the address `to`; those it went to.

    Raises SendFault.
    """
    shop = Shop(line)
    people = addressees(sender, shop, sender.roles or tuple(Role), now.at_us)
    if to:
        people = (Addressee(person="", name="", email=to),)
    message = trial_message(sender, shop, now, to=people, translate=translate)
    sending = make_sending(sender, folder)
    try:
        sending.send(message)
    except SendFault as fault:
        if not (fault.refused or fault.left) or len({*fault.refused, *fault.left}) == len(people):
            raise
        raise SendFault(f"Not everybody was reached. {fault.what}", remedy=fault.remedy) from fault
    finally:
        sending.close()
    return people


def _concerns(entity: Entity) -> bool:
    return isinstance(entity, Call | Shelf | Post)


def _nothing() -> None:
    """Nobody listens yet."""

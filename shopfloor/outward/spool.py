"""What waits for one sender: a small file a message, in order, which survives a restart, a kill and an outage."""

import logging
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.outward.disk import write_whole
from shopfloor.outward.message import Addressee, Message, What

SPOOL_MAX = 1_000  # a day's calls of a busy line in an outage; a reader of more is helped by none of them
AGE_S_MAX = 24 * 3600.0  # who hears of it after a day has heard of it otherwise
OVER_S_MAX = 600.0  # a call that is over for longer is no news: nobody has to go anywhere
REACHED = "reached.json"

# What goes first when there is no room: what only repeats, then calls that are over and reached nobody, then what
# informs, at last what makes somebody come.
_WORTH = {
    What.TEST: 0,
    What.REPEAT: 0,
    What.OVER: 2,
    What.ROSE: 3,
    What.ESCALATED: 4,
    What.AGAIN: 5,
    What.RAISED: 5,
    What.STOPPED: 6,
}
_WORTH_UNHEARD = 1

_log = logging.getLogger("shopfloor.outward")


class Waiting(Struct, frozen=True, kw_only=True):
    """A message and when it was made."""

    message: Message
    made: Now


class Spool:
    """The queue of one sender, used by the thread that fills it and the one that sends.

    A message is in it once, by its id, and is given out once it is released. What the disk does not take waits in
    memory alone. `reached` says which call's messages got through, and to whom: only they are told that it is over.

    Attributes:
        counts: lost (no room), too_old, overtaken (its call was over before), refused (for good), unsaved (no disk).
    """

    def __init__(self, folder: Path, *, waiting_max: int = SPOOL_MAX) -> None:
        """Read what is there. Raises OSError if the folder can neither be made nor read."""
        self._folder, self._waiting_max = folder, waiting_max
        self._lock = threading.Lock()
        self._waiting: dict[int, Waiting] = {}
        self._next = 1
        self._released = 0
        self._given = 0  # what is being sent: it may have arrived, and is not given up meanwhile
        self.counts = dict.fromkeys(("lost", "too_old", "overtaken", "refused", "unsaved"), 0)
        folder.mkdir(parents=True, exist_ok=True)
        self._load()
        self._reached = _read_reached(folder / REACHED)

    def __len__(self) -> int:
        with self._lock:
            return len(self._waiting)

    def put(self, message: Message, now: Now) -> None:
        """Queue a message, on the disk on return if that takes it; one that is there already stays as it is."""
        with self._lock:
            if any(waiting.message.id == message.id for waiting in self._waiting.values()):
                return
            if message.what is What.REPEAT:
                self._drop(lambda m: m.what is What.REPEAT and m.call == message.call)
            number, self._next = self._next, self._next + 1
            self._waiting[number] = Waiting(message=message, made=now)
            if len(self._waiting) > self._waiting_max:
                self._make_room()
            if number in self._waiting:
                self._save(number)

    def first(self, now: Now) -> tuple[int, Message] | None:
        """(number, message) of what is to be sent next; what is no news any more is dropped and counted."""
        with self._lock:
            for number in sorted(self._waiting):
                message = self._still_news(number, now) if number <= self._released else None
                if message is not None:
                    self._given = number
                    return number, message
            self._given = 0
            return None

    def release(self) -> None:
        """Let what is there be sent: whoever fills it has noted what was told, so that the end will be told, too."""
        with self._lock:
            self._released = self._next - 1

    def forget(self, known: Collection[str]) -> None:
        """Drop what a kill left behind of calls that are not `known`: never released, and no end will follow."""
        with self._lock:
            ended = {w.message.call for w in self._waiting.values() if w.message.what is What.OVER}
            self._drop(lambda m: m.call not in ended and m.call not in known)
            for call in [call for call in self._reached if call not in ended and call not in known]:
                self._forget_reached(call)

    def done(self, number: int, *, reached: tuple[Addressee, ...], left: tuple[Addressee, ...] = ()) -> None:
        """The message got through to these; with `left` it stays for those."""
        with self._lock:
            waiting = self._waiting.get(number)
            if waiting is None:
                return  # a newer repetition took its place while it was sent
            message = waiting.message
            if message.what is What.OVER and not left:
                self._forget_reached(message.call)
            elif message.call and message.what is not What.OVER:
                self._note_reached(message.call, reached)
            if left:
                self._waiting[number] = replace(waiting, message=replace(message, to=left))
                self._save(number)
            else:
                self._remove(number)

    def drop(self, number: int, why: str = "refused") -> None:
        """Give a message up, and count it under `why`."""
        with self._lock:
            if number in self._waiting:
                self._give_up(number, why)

    def waits_for(self, call: str) -> bool:
        """Whether anything of the call still waits."""
        with self._lock:
            return any(waiting.message.call == call for waiting in self._waiting.values())

    def _still_news(self, number: int, now: Now) -> Message | None:
        waiting = self._waiting[number]
        message = waiting.message
        if elapsed_us(waiting.made, now) > AGE_S_MAX * US_PER_S:
            self._give_up(number, "too_old")
            return None
        if message.what is What.OVER:
            if message.call not in self._reached:
                self._give_up(number, "overtaken")
                return None
            owed = self._owed(message)
            if message.to and not owed:
                self._give_up(number, "overtaken")
                return None
            return replace(message, to=owed)
        if message.what is not What.TEST and self._is_long_over(message, now):
            self._give_up(number, "overtaken")
            return None
        return message

    def _owed(self, message: Message) -> tuple[Addressee, ...]:
        reached = {(one.person, one.email) for one in self._reached[message.call]}
        return tuple(one for one in message.to if (one.person, one.email) in reached)

    def _is_long_over(self, message: Message, now: Now) -> bool:
        ends = (
            other.made
            for other in self._waiting.values()
            if other.message.call == message.call and other.message.what is What.OVER
        )
        return any(elapsed_us(made, now) > OVER_S_MAX * US_PER_S for made in ends)

    def _make_room(self) -> None:
        """Give up what is worth least; of a call that is over and reached nobody everything, or its end would miss."""
        given = self._waiting.get(self._given)
        heard = {*self._reached, given.message.call if given else ""}
        unheard = {w.message.call for w in self._waiting.values() if w.message.what is What.OVER} - heard

        def worth(number: int) -> tuple[float, int]:
            message = self._waiting[number].message
            return (
                min(_WORTH[message.what], _WORTH_UNHEARD) if message.call in unheard else _WORTH[message.what]
            ), number

        worst = min((number for number in self._waiting if number != self._given), key=worth)
        call = self._waiting[worst].message.call
        _log.info("no room for %s", self._waiting[worst].message.id)
        ends = call in unheard and worth(worst)[0] == _WORTH_UNHEARD
        for number in [n for n, w in self._waiting.items() if w.message.call == call] if ends else [worst]:
            self._give_up(number, "lost")

    def _drop(self, superseded: Callable[[Message], bool]) -> None:
        for number in [number for number, waiting in self._waiting.items() if superseded(waiting.message)]:
            self._remove(number)

    def _give_up(self, number: int, why: str) -> None:
        message = self._waiting[number].message
        self.counts[why] += 1
        if message.what is What.OVER:
            self._forget_reached(message.call)
        self._remove(number)

    def _remove(self, number: int) -> None:
        del self._waiting[number]
        try:
            self._path(number).unlink(missing_ok=True)
        except OSError as error:  # it is sent again after a restart: at least once is the promise
            _log.info("%s stays on the disk: %s", self._path(number), error)

    def _save(self, number: int) -> None:
        try:
            write_whole(self._path(number), msgspec.json.encode(self._waiting[number]))
        except OSError as error:
            self.counts["unsaved"] += 1
            _log.info("%s is not on the disk: %s", self._waiting[number].message.id, error)

    def _note_reached(self, call: str, reached: tuple[Addressee, ...]) -> None:
        before = self._reached.get(call)
        after = tuple({(one.person, one.email): one for one in (*(before or ()), *reached)}.values())
        if after != before:
            self._reached[call] = after
            self._save_reached()

    def _forget_reached(self, call: str) -> None:
        if self._reached.pop(call, None) is not None:
            self._save_reached()

    def _save_reached(self) -> None:
        try:
            write_whole(self._folder / REACHED, msgspec.json.encode(self._reached))
        except OSError as error:
            _log.info("who was reached is not on the disk: %s", error)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012d}.json"

    def _load(self) -> None:
        for path in sorted(self._folder.glob("[0-9]*.json")):
            try:
                number = int(path.stem)
                self._waiting[number] = msgspec.json.decode(path.read_bytes(), type=Waiting)
            except (ValueError, msgspec.MsgspecError) as error:  # of a program that wrote it otherwise
                _log.info("%s is left out: %s", path, error)
                self.counts["lost"] += 1
                with suppress(OSError):
                    path.unlink()
                continue
            self._next = number + 1


def _read_reached(path: Path) -> dict[str, tuple[Addressee, ...]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[Addressee, ...]])
    except (OSError, msgspec.MsgspecError):
        return {}

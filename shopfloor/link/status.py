"""How the link is at the moment: noted by its parts, told as one value."""

from collections.abc import Callable
from typing import Final

from shopfloor.clock import Clock
from shopfloor.core.line_link import SILENT_NS, Discipline, FloorHere, LinkState, LinkView, Presence
from shopfloor.link.versions import LINE_MAJOR
from shopfloor.trouble import Trouble

OTHERS_MAX: Final = 200  # four times the terminals of a line: names that are long gone must not fill the memory


class LinkStatus:
    """Belongs to the link's loop; `tell` gets a value at each change of state, and when it is asked for."""

    def __init__(
        self, clock: Clock, origin: str, tell: Callable[[LinkView], None], discipline: Discipline | None = None
    ) -> None:
        self._clock = clock
        self._tell = tell
        self._view = LinkView(state=LinkState.CONNECTING, since_us=clock.now().at_us)
        self._others: dict[str, Presence] = {}
        self.origin = origin
        self._held: dict[str, Trouble] = {}
        self.stream = ""
        self.major = LINE_MAJOR
        self.last_seq = 0
        self.applied = 0
        self.head = 0
        self.acked = 0
        self.listens = False
        self.stands_on: FloorHere | None = None
        self.discipline = discipline

    @property
    def state(self) -> LinkState:
        """How it is."""
        return self._view.state

    def enter(self, state: LinkState, trouble: Trouble | None = None) -> None:
        """Note a state, and why."""
        if state is LinkState.UP:
            self._held.clear()
        detail, remedy = (trouble.what, trouble.remedy) if trouble else ("", "")
        if (state, detail) != (self._view.state, self._view.detail):
            since_us = self._view.since_us if state is self._view.state else self._clock.now().at_us
            self._view = LinkView(state=state, since_us=since_us, detail=detail, remedy=remedy)
            self.publish()

    def hold(self, part: str, trouble: Trouble) -> None:
        """Note that a part cannot do its work for now: the link itself is up."""
        self._held[part] = trouble
        if self.state not in {LinkState.FORKED, LinkState.DENIED, LinkState.OTHER_MAJOR}:
            self.enter(LinkState.TROUBLE, trouble)

    def release(self, part: str) -> None:
        """It works again."""
        if self._held.pop(part, None) is None or self.state is not LinkState.TROUBLE:
            return
        other = next(iter(self._held.values()), None)
        self.enter(LinkState.TROUBLE if other else LinkState.UP, other)

    def heard(self, presence: Presence) -> None:
        """Note another terminal's heartbeat. One that runs twice is two; a name it has left goes with its silence."""
        for origin, other in tuple(self._others.items()):
            if other.terminal == presence.terminal and presence.heard_ns - other.heard_ns > SILENT_NS:
                del self._others[origin]
        if presence.origin in self._others or len(self._others) < OTHERS_MAX:
            self._others[presence.origin] = presence

    def hears(self, origin: str) -> bool:
        """Whether somebody is heard who writes under that name."""
        other = self._others.get(origin)
        return other is not None and self._clock.now().mono_ns - other.heard_ns < SILENT_NS

    def heads_of(self, terminal: str, *, besides: set[str]) -> dict[str, int]:
        """The newest event of each other name that is heard of a terminal: a copy of its disk writes under it."""
        names = {o: other.n for o, other in self._others.items() if other.terminal == terminal and o not in besides}
        return {origin: n for origin, n in names.items() if self.hears(origin)}

    def view(self) -> LinkView:
        """All of it."""
        now, on = self._view, self.stands_on
        return LinkView(
            state=now.state,
            since_us=now.since_us,
            detail=now.detail,
            remedy=now.remedy,
            stream=self.stream,
            origin=self.origin,
            head=self.head,
            acked=self.acked,
            last_seq=self.last_seq,
            applied=self.applied,
            discipline=self.discipline,
            listens=self.listens,
            floor=on.floor.number if on else 0,
            floor_hash=on.hash if on else "",
            floor_us=on.floor.us if on else 0,
            others=tuple(self._others[origin] for origin in sorted(self._others)),
        )

    def publish(self) -> None:
        """Tell how it is."""
        self._tell(self.view())

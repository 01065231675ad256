"""A terminal's window: header, banner, one page at a time, and the last verdict on pages that have none."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.commands import Command, SignOff, SignOn
from shopfloor.core.events import ScanRepeated
from shopfloor.core.health import Condition
from shopfloor.core.line_views import link_face, on_line, seen_of
from shopfloor.core.names import person_name
from shopfloor.core.text import Text
from shopfloor.core.update import Update
from shopfloor.core.views import call_views, station_state
from shopfloor.gui.banner import Banner
from shopfloor.gui.bridge import AskHistory, LineModel
from shopfloor.gui.clocks import zone_of
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.header import STATIONS, TERMINAL, Header, Tab
from shopfloor.gui.icons import Icon
from shopfloor.gui.pages.station import StationPage
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.states import state_look
from shopfloor.gui.station.cycles import SERIES
from shopfloor.gui.station.questions import OUT, person_choices
from shopfloor.gui.station.words import data
from shopfloor.gui.strip import NOT_RECORDED, Strip, strip_height
from shopfloor.gui.theme import GAP_MM, LIGHT, MARGIN_MM, Palette, Theme, px_per_mm, scale_for
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.ui import Ui
from shopfloor.gui.waiting import WaitingCover
from shopfloor.gui.window_places import Places

TICK_MS = 250
HEALTH, CALLS, LINE = "health", "calls", "board"
PEEK_S = 20  # so long a touch on a board shows the way to other pages
HOME_S = 300  # a board that was left on another page comes back to the line
TOUCH = "touch"
SIGN = " sign"  # key of the tab by which whoever is at a desk signs in


class PageSpec(Struct, frozen=True):
    """A page beside the stations. `make(parent)` is called when it is first shown: its imports cost no start.

    `tells_calls`: it shows the open calls itself, and needs no banner.
    """

    key: str
    title: Text
    make: Callable[[QWidget], QWidget]
    tells_calls: bool = False


class TerminalWindow(QWidget):
    """The window of a terminal for its own stations and any further pages.

    `mm_factor` corrects a screen that lies about its size; `mm` sets pixels per millimetre outright. `watching`:
    nothing can be done here. The first page has the whole window and shows calls itself; a touch shows the way to the
    others. `desk`: where things are done on a terminal without stations; without it, nothing can be done here either.
    `takes_over`: its key lets it take stations over. `painted_stop` is told once of each stop that was painted.

    Signals:
        painted: the first frame is on the screen; what is slow to import may be imported now, in a thread.
        lent(str): scanners scan for this station, which was taken over, from now on; "": for their own.
    """

    painted = Signal()
    lent = Signal(object)

    def __init__(
        self,
        ui: Ui,
        model: LineModel,
        stations: Sequence[str] = (),
        *,
        pages: Sequence[PageSpec] = (),
        ask: AskHistory | None = None,
        palette: Palette = LIGHT,
        kiosk: bool = False,
        watching: bool = False,
        desk: str = "",
        takes_over: bool = True,
        mm_factor: float = 1.0,
        mm: float | None = None,
        painted_stop: Callable[[str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._painted_stop, self._stops_painted = painted_stop, set[str]()
        self.ui, self.model, self.places = ui, model, Places(stations, desk, takes_over=takes_over)
        self.watching, self.desk = watching, desk
        self._colours, self._mm_factor, self._mm = palette, mm_factor, mm
        self._specs = {spec.key: spec for spec in pages}
        self._pages: dict[str, QWidget] = {}
        self._feed = FigureFeed(model, ask, (SERIES,), parent=self) if ask is not None and not watching else None
        self.current = ""
        self._was_painted, self._lent = False, ""
        self.header, self.banner, self.strip = Header(ui, self), Banner(ui, self), Strip(ui, self)
        self.sheet, self.waiting = Sheet(ui, self), WaitingCover(ui, self)
        self._tick = NamedTimer(self, "window", TICK_MS, self.refresh)
        self._alone = NamedTimer(self, "left-alone", PEEK_S * 1000, self._go_home, once=True)
        self.banner.own, self.banner.acting = frozenset(stations), bool(self.places.every)
        self._home = next(iter((*self.stations, *self._specs)), "")
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if kiosk:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
            self.setWindowState(Qt.WindowState.WindowFullScreen)
        self._fit()
        if self._home:
            self.go(self._home)

    @Slot(object)
    def go(self, key: str) -> None:
        """Show the page of a station or of a PageSpec; an unknown key does nothing."""
        if key not in self._specs and key not in self.stations and (self.watching or not self._is_elsewhere(key)):
            return
        if key not in self._pages:
            self._pages[key] = self._make(key)
            self._pages[key].setParent(self)
        self.current = key
        self.sheet.leave()
        for name, page in self._pages.items():
            page.setVisible(name == key)
        if self.watching:
            self.header.setVisible(key != self._home)
            self._leave_alone_in(HOME_S if key != self._home else 0)
        self.refresh()
        self._lend(key)
        self._place()

    def _lend(self, key: str) -> None:
        """Scanners scan for a station that was taken over while its page is open, and not for ever."""
        lent = key if key in self.places.taken else ""
        if lent:
            self._leave_alone_in(HOME_S)
        if lent != self._lent:
            self._lent = lent
            self.lent.emit(lent)

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations of this terminal now."""
        return self.places.stations

    def page(self, key: str) -> QWidget | None:
        """A page that was shown before."""
        return self._pages.get(key)

    @Slot()
    def refresh(self) -> None:
        """Read the mirror: time, devices, calls, states, verdict; calls first, for a stop is painted ahead of all."""
        shop, now = self.model.shop, self.model.now()
        zone = zone_of(shop.line.timezone)
        link = self.model.link()
        self.places.claim(shop, link)
        self.banner.at = self._acting_station()
        self.banner.near_share = shop.line.andon.near_share
        calls = () if self._is_bare() or self._tells_calls() else call_views(shop, now)
        seen = seen_of(shop, link, calls[0].id, now) if calls else None
        self.banner.show_calls(calls, stale=self._is_silent(), seen=seen)
        self.setWindowTitle(shop.line.name)
        self.header.show_tabs(self._tabs(), LINE if self._is_elsewhere(self.current) else self.current)
        self.header.show_link(None if link is None else link_face(link, now))
        self.waiting.show_link(link, has_line=bool(shop.line.id) or self.current == HEALTH or not self.model.ready)
        parts = [part for part in self.model.health.values() if not part.station or self._is_ours(part.station)]
        self.header.show_now(shop.line.name, now.at_us, zone, parts)
        self._show_strip()

    def _is_elsewhere(self, key: str) -> bool:
        """Whether it is a station of another terminal: it can be looked at."""
        return key not in self.stations and key in self.model.shop.stations

    def _is_bare(self) -> bool:
        """Whether the page has the whole window."""
        return self.watching and self.current == self._home

    def _tells_calls(self) -> bool:
        """Whether the page shows the open calls itself."""
        spec = self._specs.get(self.current)
        return spec is not None and spec.tells_calls

    def _is_silent(self) -> bool:
        """Whether the terminal that a board follows has stopped speaking: what is shown may be over."""
        parts = self.model.health.values()
        return any(part.kind == TERMINAL and part.condition is not Condition.UP for part in parts)

    @Slot()
    def _go_home(self) -> None:
        self.go(self._home)

    def _leave_alone_in(self, seconds: int) -> None:
        self._alone.stop()
        if seconds:
            self._alone.setInterval(seconds * 1000)
            self._alone.start()

    def _make(self, key: str) -> QWidget:
        if key not in self._specs:
            own, place = key in self.places.given, self.places.asks_at(key)
            page = StationPage(self.ui, self.model, key, feed=self._feed, parent=self, own=own, place=place)
            page.why.calls.connect(self._list_calls)
            return page
        made = self._specs[key].make(self)
        for name, slot in (("stops_painted", self._on_painted), ("station_chosen", self.go)):
            signal = getattr(made, name, None)
            if signal is not None:
                signal.connect(slot)
        return made

    def _connect(self) -> None:
        self.model.reset.connect(self.refresh)
        self.model.updated.connect(self._on_updated)
        self.ui.changed.connect(self._place)
        self.header.chosen.connect(self._on_tab)
        self.header.health.connect(partial(self.go, HEALTH))
        self.banner.wanted.connect(self._on_wanted)
        self.banner.listed.connect(self._list_calls)
        self.banner.resized.connect(self._place)
        self.banner.painted.connect(self._on_painted)

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        self._cue(update)
        outcome = update.outcome
        if outcome is not None:
            self.strip.note(outcome, self.model.now().at_us)
        if outcome is not None and outcome.device not in {"", TOUCH}:
            self._follow(outcome.station)
            self._lend(self.current)
        self.refresh()

    def _follow(self, station: str) -> None:
        """One operator at several machines: where the scan was is where the eyes are."""
        if station != self.current and {station, self.current} <= set(self.stations):
            self.go(station)

    def _cue(self, update: Update) -> None:
        outcome = update.outcome
        if outcome is None or outcome.station not in self.places.every:
            return
        asked = any(isinstance(r.event, ScanRepeated) and r.event.asked for r in update.events)
        taken = outcome.refusal is None and outcome.kind != NOT_RECORDED
        self.ui.cue("asked" if asked else "accepted" if taken else "refused")

    def _tabs(self) -> list[Tab]:
        shop = self.model.shop
        own = [
            Tab(key, data(shop.stations[key].name), station_state(shop, key))
            for key in self.stations
            if key in shop.stations
        ]
        pages = [Tab(spec.key, spec.title) for spec in self._specs.values()]
        return [*own, *pages, *([Tab(SIGN, self._signed_on(), icon=Icon.PERSON)] if self.desk and shop.people else [])]

    def _signed_on(self) -> Text:
        """Who has signed in at the desk, or how to."""
        person = self.model.shop.book(self.desk).person
        return data(person_name(self.model.shop, person)) if person else Text("SIGN IN")

    def _is_ours(self, station: str) -> bool:
        return not self.stations or station in self.stations

    def _acting_station(self) -> str:
        return self.places.acting(self.current)

    def _show_strip(self) -> None:
        shop = self.model.shop
        verdicts = {key: shop.book(key).verdict for key in self.places.every}
        said = {key: verdict.at_us for key, verdict in verdicts.items() if verdict is not None}
        lost = {key: self.strip.lost_at(shop, key) for key in self.places.every}
        said |= {key: found.at_us for key, found in lost.items() if found is not None}
        wanted = self.current not in self.stations and bool(said)
        if wanted:
            last = max(said, key=lambda key: said[key])
            zone, known = zone_of(shop.line.timezone), on_line(shop, self.model.link(), last)
            self.strip.show_verdict(shop, last, zone, named=last != self.desk, on_line=known)
        if self.strip.isHidden() == wanted:
            self.strip.setVisible(wanted)
            self._place()

    @Slot(object)
    def _on_tab(self, key: str) -> None:
        if key == SIGN:
            shop = self.model.shop
            people = person_choices(shop, shop.book(self.desk).person)
            self.sheet.ask(Text("Who works here?"), people, self._sign, detail=Text("Or scan your badge."))
            return
        if key != STATIONS:
            self.go(key)
            return
        choices = []
        for tab in self._tabs():
            if tab.state is not None:
                look = state_look(tab.state, self.ui.theme.palette)
                choices.append(Choice(tab.key, tab.word, look.icon, note=look.word))
        self.sheet.ask(Text("Which station?"), choices, self.go)

    def _sign(self, person: str) -> None:
        leaves = person == OUT
        self.model.send(SignOff(station=self.desk) if leaves else SignOn(station=self.desk, person=person))

    @Slot(object)
    def _on_painted(self, stops: tuple[str, ...]) -> None:
        for stop in stops:
            if self._painted_stop is not None and stop not in self._stops_painted:
                self._painted_stop(stop)
        self._stops_painted = set(stops) | (self._stops_painted & set(self.model.shop.calls))

    @Slot(object)
    def _on_wanted(self, command: Command) -> None:
        self.model.send(command)

    @Slot()
    def _list_calls(self) -> None:
        self.go(CALLS)

    def _fit(self) -> None:
        """Give the theme the size of this window on this screen."""
        mm = self._mm or px_per_mm(self.screen(), self._mm_factor)
        theme = Theme(self._colours, mm, scale=scale_for(self.width(), self.height(), mm))
        old = self.ui.theme
        if (old.palette, old.px_per_mm, old.scale) != (theme.palette, theme.px_per_mm, theme.scale):
            self.ui.set_theme(theme)

    @Slot()
    def _place(self) -> None:
        theme = self.ui.theme
        if self._is_bare():
            self._place_bare()
            return
        gap, margin = theme.mm(GAP_MM), theme.mm(MARGIN_MM)
        width, left, top = self.width() - 2 * margin, margin, margin
        bottom = self.height() - margin
        header = self.header.sizeHint().height()
        self.header.setGeometry(left, top, width, header)
        top += header + gap
        if not self.banner.isHidden():
            self.banner.resize(width, self.banner.height())  # its height follows from its width
            height = self.banner.sizeHint().height()
            self.banner.setGeometry(left, top, width, height)
            top += height + gap
        if not self.strip.isHidden():
            height = strip_height(theme, width)
            self.strip.setGeometry(left, bottom - height, width, height)
            bottom -= height + gap
        page = self._pages.get(self.current)
        if page is not None:
            page.setGeometry(left, top, width, max(1, bottom - top))
        self.sheet.setGeometry(left, top, width, max(1, bottom - top))
        self.waiting.setGeometry(self.sheet.geometry())
        self.waiting.raise_()
        self.update()

    def _place_bare(self) -> None:
        """The page alone; the way to the others lies over it, so that nothing moves when it comes."""
        page = self._pages[self._home]
        page.setGeometry(self.rect())
        self.header.setGeometry(0, 0, self.width(), self.header.sizeHint().height())
        self.header.raise_()
        self.sheet.setGeometry(self.rect())
        self.waiting.setGeometry(self.rect())
        self.waiting.raise_()
        self.header.raise_()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """A touch that no page wanted shows the way to the others, for a while."""
        if self._is_bare():
            self.header.show()
            self._leave_alone_in(PEEK_S)
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sizes follow the window."""
        super().resizeEvent(event)
        self._fit()
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.ui.theme.palette.ground))
        painter.end()
        if not self._was_painted:
            self._was_painted = True
            NamedTimer(self, "first-frame", 0, self.painted.emit, once=True).start()

    def event(self, event: QEvent) -> bool:
        """Clocks run while the window can be seen."""
        if event.type() == QEvent.Type.Show:
            self.refresh()
            self._tick.start()
        elif event.type() == QEvent.Type.Hide:
            self._tick.stop()
        return super().event(event)

"""The composition root: the only file that knows every layer."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from shopfloor import __version__
from shopfloor.clock import Clock, SystemClock
from shopfloor.core.commands import Command, ReadSignal, SignalKind
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device, Line
from shopfloor.core.line_link import Decided, LineClock, LinkState, LinkView, Question, Ruling
from shopfloor.core.moment import Now
from shopfloor.core.names import desk_of
from shopfloor.core.text import Translate, english
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.signaller import Signaller
from shopfloor.devices.sound import AndonSpeaker, Sound
from shopfloor.engine.archivist import Upkeep
from shopfloor.engine.engine import Engine
from shopfloor.engine.follower import Follower
from shopfloor.engine.parts import LINE_FILE
from shopfloor.engine.stop_relay import StopRelay
from shopfloor.secret_file import password_of
from shopfloor.store.archive import make_archive
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.link_note import clock_beside, link_beside, write_link
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.trouble import Trouble

if TYPE_CHECKING:
    from shopfloor.link.join_key import JoinKey
    from shopfloor.link.thread import LinkThread
    from shopfloor.outward.teller import Teller

WEDGE = "wedge"
JOINED = "line.key"  # the name that `link.joined` gives it; a test holds the two together
DATA = "data"  # id of the part that says where everything is kept
PORTS_S_MAX = 2.0  # a port that takes longer to open is shown as such, and does not hold up the others
_NOT_TRIED = frozenset({Condition.NEW, Condition.STOPPED})
FOLLOW_S = 5.0  # the event says when; this only ends a wait that nobody ended
ALIVE_S = 0.5  # how soon a dead engine ends its process
READY_S_MAX = 30.0  # a migration of a large journal takes its time; longer means that it hangs


class Terminal:
    """One terminal: store, engine and devices of its stations, with or without a screen.

    Without stations it belongs to somebody who looks after the line, and must have joined one. Raises Trouble.
    """

    def __init__(
        self,
        folder: Path,
        stations: Sequence[str],
        *,
        line: Line | None = None,
        scanners: Sequence[Device] = (),
        clock: Clock | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock or SystemClock()
        self.stations = tuple(stations)
        self._joined = _joined(folder)
        self._refuse_stations()
        self.name = self._joined.terminal if self._joined else self.stations[0]
        self.desk = "" if self.stations or self.watches else desk_of(self.name)
        self._line_clock = clock_beside(folder) if self._joined else LineClock()
        self.engine = Engine(
            SqliteJournal(folder, self.name),
            self.clock,
            terminal=self.name,
            program=__version__,
            stations=self.stations,
            line=line,
            ask_line=self._ask_line if self._joined else None,
            line_clock=self._line_clock if self._joined else None,
            history=history_of(folder),
            upkeep=Upkeep(archive=lambda until_us, floor: make_archive(folder, until_us, floor)),
            watches=self.watches,
        )
        self._lent = ""
        heard = () if self.watches else tuple(scanners)
        self._scanners = tuple(replace(device, station=device.station or self.desk) for device in heard)
        self._devices: DeviceManager | None = None
        self._renewing = threading.Lock()
        self._line_came, self._ending = threading.Event(), threading.Event()
        self._follower = threading.Thread(target=self._follow_line, name="shopfloor-follow-line", daemon=True)
        self._buses = Buses(self.clock)
        self.signaller = Signaller(
            self.engine.listen,
            self.engine.submit,
            report=self.engine.report,
            clock=self.clock,
            stations=self.stations,
            coils=self._buses.coils,
            terminal=self.name,
        )
        self.sound = Sound(self.engine.report, self.clock)
        speaker = AndonSpeaker(
            self.sound.play, stations=self.stations, terminal=self.name, set_policy=self.sound.set_policy
        )
        self.signaller.set_speaker(speaker)
        self.signaller.set_sound_test(self.sound.test)
        self._teller: Teller | None = None
        self._link: LinkThread | None = None
        self.stops = StopRelay(self.name, clock=self.clock, show=self.engine.see_link)

    @property
    def watches(self) -> bool:
        """Whether it only shows the line, by the role of its key."""
        return self._joined is not None and self._joined.watches

    @property
    def may_take_over(self) -> bool:
        """Whether stations may be taken over here, by the role of its key; people's own roles are asked besides."""
        return self._joined is not None and self._joined.may_take_over

    @property
    def places(self) -> tuple[str, ...]:
        """Where something may be done here: at the own stations, else at the desk; nowhere where it only watches."""
        return self.stations or ((self.desk,) if self.desk else ())

    def _refuse_stations(self) -> None:
        if not self.stations and self._joined is None:
            raise ValueError("Expected stations, or a folder that has joined a line.")
        if self.stations and self.watches:
            raise Trouble(
                "This terminal's key is for watching (role board), and it was started with stations.",
                remedy="Start it without them, or make a key: shopfloor line key new NAME --role station.",
            )

    def begin(self) -> None:
        """Begin to open the data folder, on the engine's thread."""
        self.engine.start()

    def open(self) -> None:
        """Accept commands; raises Trouble with a remedy if the data folder does not allow it."""
        if not self.engine.begun:
            self.begin()
        if not self.engine.wait_ready(READY_S_MAX):
            raise Trouble(
                f"The engine was expected to be ready within {READY_S_MAX:.0f} s and is not.",
                remedy=f"Look into the log in {self.folder}, and run `shopfloor verify`.",
            )
        where = str(self.folder.absolute())
        now_us = self.clock.now().at_us
        part = Health(id=DATA, kind="data folder", condition=Condition.UP, since_us=now_us, detail=where)
        self.engine.report((part,))

    def wait(self, stopped: threading.Event) -> None:
        """Wait until somebody ends the terminal; raises Trouble if its engine has died."""
        while not self.clock.wait(stopped, ALIVE_S):
            self.check()

    def check(self) -> None:
        """Raise Trouble if the engine has died: the process must end, so that whoever watches it starts it again."""
        if not self.engine.alive:
            raise Trouble(
                "The engine has ended by a fault of the program.",
                remedy=f"What was accepted is on the disk. Start the terminal again; the log is in {self.folder}.",
            )

    @property
    def line_trouble(self) -> str:
        """Why the line file that was given is not in force, "" if it is."""
        part = self.engine.condition(LINE_FILE)
        return f"{part.detail} {part.remedy}" if part and part.condition is Condition.TROUBLE else ""

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices of the own stations, with those given on the command line."""
        line = self.engine.line
        own = tuple(device for device in line.devices if device.station in self.stations)
        given = {device.station for device in self._scanners}
        # A scanner named on the command line takes the place of the emulated ones of its station.
        kept = tuple(d for d in own if not (d.station in given and d.port.startswith("virtual")))
        return kept + self._scanners

    def start_devices(self) -> None:
        """Listen to the ports of the own stations, drive their lamps and the line's, and sound calls."""
        self._devices = DeviceManager(
            self.devices,
            self._submit_signal,
            report=self.engine.report,
            clock=self.clock,
            buses=self._buses,
            password_of=partial(password_of, self.folder),
        )
        self._wait_for_ports(self._devices.start)
        self.sound.start()
        self.signaller.start()

    def lend_scanners(self, station: str) -> None:
        """Let hand scanners scan for a station that was taken over; "": each for its own again. From any thread."""
        self._lent = station

    def _submit_signal(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        if isinstance(command, ReadSignal) and self._lent and command.signal is not SignalKind.BUTTON:
            command = replace(command, station=self._lent)
        return self.engine.submit(command, now, command_id=command_id, reply=reply)

    @property
    def is_joined(self) -> bool:
        """Whether it belongs to a line of several terminals."""
        return self._joined is not None

    @property
    def is_linked(self) -> bool:
        """Whether it has the line now."""
        view = self.stops.view
        return view is not None and view.state is LinkState.UP

    def fetch_line(self, timeout_s: float) -> None:
        """Wait for the line's own line file where there is none here yet."""
        if self._joined is None or self.engine.line.id:
            return
        came = threading.Event()
        end = self.engine.listen(lambda news: came.set() if isinstance(news, Update) and news.line else None)
        self.start_link()
        came.wait(timeout_s)
        end()

    def start_link(self) -> None:
        """Reach for the line, if this data folder has joined one; harmless twice."""
        if self._joined is None or self._link is not None:
            return
        from shopfloor.link.hosts import Hosts
        from shopfloor.link.jetstream import JetStreamLog, address_of
        from shopfloor.link.thread import LinkThread

        address = address_of(self._joined)
        hosts = Hosts(address.hosts)
        link = LinkThread(
            lambda: JetStreamLog(address, hosts),
            line=self._joined.line,
            journal=lambda: SqliteOwnJournal(self.folder),
            deliver=self.engine,
            clock=self.clock,
            version=__version__,
            report=self.engine.report,
            view=self._see_link,
            told=self.stops.told,
            watches=self.watches,
            secret=self._joined.seed.encode(),
            discipline=self._line_clock.of_boot(self.clock.now()),
        )
        self._link = link

        def hear(news: Snapshot | Update) -> None:
            self.stops.hear_engine(news)  # ahead of everything
            _poke(link, news)
            if isinstance(news, Update) and news.line is not None:
                self._line_came.set()

        self.stops.connect(link.tell)
        self._end_poking = self.engine.listen(hear)
        self._follower.start()
        link.start()

    def _ask_line(self, question: Question) -> "Future[Decided]":
        if self._link is not None:
            return self._link.permit(question)
        answer: Future[Decided] = Future()
        answer.set_result(Decided(Ruling.UNLINKED))
        return answer

    def _see_link(self, view: LinkView) -> None:
        self.stops.hear_link(view)
        now = self.clock.now()
        self._line_clock = self._line_clock.heard(view.discipline, now)
        write_link(self.folder, self.stops.view, now.at_us, self._line_clock)

    def renew_devices(self) -> None:
        """Listen to the ports the line file names now; those that stay as they are are not let go of."""
        with self._renewing:
            if self._devices is not None:
                self._devices.renew(self.devices)

    def _follow_line(self) -> None:
        """Renew the devices whenever a line file came by the line: opening ports takes longer than a listener may."""
        while not self._ending.is_set():
            if self.clock.wait(self._line_came, FOLLOW_S):
                self._line_came.clear()
                self.renew_devices()

    def start_telling(self, translate: Translate = english) -> None:
        """Tell people outside of the calls at the own stations, in the words of `translate`."""
        from shopfloor.outward.teller import Teller  # mail and the web are loaded after the first frame

        self._teller = Teller(
            self.engine.line,
            self.folder,
            listen=self.engine.listen,
            report=self.engine.report,
            clock=self.clock,
            stations=self.stations,
            terminal=self.name,
            translate=translate,
        )
        self._teller.start()

    def stop(self) -> None:
        """Make the lamps dark, end devices, so that every frame they read is still recorded, then the engine."""
        self._ending.set()
        if self._follower.is_alive():
            self._line_came.set()
            self._follower.join(PORTS_S_MAX)
        self.signaller.stop()
        self.sound.stop()
        if self._devices is not None:
            self._devices.stop()
        if self._teller is not None:
            self._teller.stop()
        if self._link is not None:
            self._end_poking()
            self._link.stop()
        self.engine.stop()

    def _wait_for_ports(self, start: Callable[[], None]) -> None:
        """Start the ports and wait until each was tried once: a scan before its port is open would be lost."""
        waiting = {device.id for device in self.devices if not device.port.startswith(WEDGE)}
        tried = threading.Event()

        def put(news: Snapshot | Update) -> None:
            waiting.difference_update(p.id for p in news.health if p.condition not in _NOT_TRIED)
            if not waiting:
                tried.set()

        end = self.engine.listen(put)
        start()
        tried.wait(PORTS_S_MAX)
        end()


def _poke(link: "LinkThread", news: Snapshot | Update) -> None:
    """Tell the link that there is something to send: own events only, or it would answer itself for ever."""
    if isinstance(news, Snapshot) or (news.events and not news.foreign):
        link.poke()


def _joined(folder: Path) -> "JoinKey | None":
    """What the data folder joined; a terminal alone loads nothing of the network."""
    if not (folder / JOINED).is_file():
        return None
    from shopfloor.link.joined import read_joined

    return read_joined(folder)


def history_of(folder: Path) -> Callable[[], SqliteHistory]:
    """A function that opens the history of a data folder, for readers on their own threads."""
    return lambda: SqliteHistory(folder)


def follower_of(folder: Path, clock: Clock | None = None) -> Follower:
    """What reads beside a running terminal."""
    return Follower(history_of(folder), clock or SystemClock(), link=lambda: link_beside(folder))

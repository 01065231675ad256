"""Runs the line's server: set up once, started, checked, started again whenever it ends or stands still."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from shopfloor.clock import Clock
from shopfloor.link.log import NoReply
from shopfloor.link.server.admin import Admin, TooFew
from shopfloor.link.server.binary import Binary, find_binary
from shopfloor.link.server.certificates import Authority, GuestAuthority
from shopfloor.link.server.compact import compact
from shopfloor.link.server.config import Node, render
from shopfloor.link.server.guests import GuestBook
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.place import Place, Settings
from shopfloor.link.server.process import ServerProcess, check_config, end_orphan, reload, running_pid
from shopfloor.link.trouble import LinkTrouble, ServerTrouble, Unreachable

READY_S_MAX: Final = 300.0  # a store of years is read from its disk before the server answers
LOOK_S: Final = 0.1
AGAIN_S: Final = 1.0  # a server that runs and does not say how it is
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)  # the last one for ever: a line without its server works, and waits
STEADY_S: Final = 60.0  # what ran that long begins at the first pause again
RELOAD_S_MAX: Final = 10.0
ORPHAN_S_ASKED: Final = 5.0  # one that stands still hears no request
ORPHAN_S_MAX: Final = 15.0
ASK_S: Final = 5.0  # as a terminal does, with a key; a server that runs and answers nobody is none
SILENT_ASKS: Final = 3  # in a row, each of some seconds: a machine that is busy or was paused for a moment is no reason
COMPACT_S: Final = 24 * 3600.0  # a floor is set some times a day
COMPACT_FIRST_S: Final = 600.0  # after a start; terminals that come back have something else to do at first

_log = logging.getLogger(__name__)


class LineServer:
    """The server of one data folder. Its caller holds the folder's lock."""

    def __init__(
        self, data: Path, *, clock: Clock, binary: Binary | None = None, silent_asks: int = SILENT_ASKS
    ) -> None:
        """`silent_asks`: so many questions in a row that are not answered end a server that runs."""
        self.place = Place(data)
        self._clock = clock
        self._binary = binary or find_binary()
        self._process = ServerProcess(self._binary, self.place)
        self._never = threading.Event()
        self._compact_ns = self._ask_ns = 0
        self._silent, self._silent_asks = 0, silent_asks

    @property
    def binary(self) -> Binary:
        """The program that runs."""
        return self._binary

    @property
    def pid(self) -> int:
        """The process that runs now."""
        return self._process.pid

    def start(self, say: Callable[[str], None]) -> None:
        """Start it, wait until its storage answers, and refuse what is not fit. Raises ServerTrouble."""
        self._end_orphan(say)
        settings = self.place.read_settings()
        write_config(self.place, self._binary)
        try:
            say(self._begin(settings))
        except BaseException:
            self.stop()
            raise

    def run(self, stopped: threading.Event) -> None:
        """Keep it running until somebody stops it. Raises ServerTrouble if what starts is not fit any more."""
        settings = self.place.read_settings()
        failures, since_ns, is_fit = 0, self._clock.now().mono_ns, True
        self._compact_ns = since_ns + round(COMPACT_FIRST_S * 1e9)
        while not self._clock.wait(stopped, LOOK_S if is_fit else AGAIN_S):
            if self._process.alive:
                is_fit = is_fit or self._look(settings, stopped)
                if is_fit:
                    self._ask(settings)
                self._compact(settings)
                continue
            up_s = (self._clock.now().mono_ns - since_ns) / 1e9
            failures = 0 if up_s > STEADY_S else failures
            pause_s = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            _log.warning("the server ended after %.0f s, next start in %.1f s: %s", up_s, pause_s, self._last_words())
            if self._clock.wait(stopped, pause_s):
                return
            failures, since_ns = failures + 1, self._clock.now().mono_ns
            is_fit = self._again(settings, stopped)

    def stop(self) -> None:
        """End it cleanly."""
        self._process.stop()

    def _ask(self, settings: Settings) -> None:
        """Now and then ask it something; one that runs and does not answer is ended, to be started again."""
        if self._clock.now().mono_ns < self._ask_ns:
            return
        try:
            Admin(self.place, (local_host(settings),)).storage_ready()
        except (Unreachable, NoReply) as trouble:
            self._silent += 1
            _log.info("the server does not answer (%d of %d): %s", self._silent, self._silent_asks, trouble)
        except LinkTrouble:  # it refuses: it reads its keys anew, or is not what it was, and it answers
            self._silent = 0
        else:
            self._silent = 0
        self._ask_ns = self._clock.now().mono_ns + round(ASK_S * 1e9)
        if self._silent >= self._silent_asks and self._process.alive:
            self._silent = 0
            _log.warning(
                "the server runs (process %d) and has left %d questions in a row unanswered: it is ended and started "
                "again; what it acknowledged is on its disk",
                self.pid,
                self._silent_asks,
            )
            self._process.kill()

    def _compact(self, settings: Settings) -> None:
        """Once a day drop what a snapshot stands for; what prevents it is tried again the next day."""
        now_ns = self._clock.now().mono_ns
        if now_ns < self._compact_ns:
            return
        self._compact_ns = now_ns + round(COMPACT_S * 1e9)
        try:
            done = compact(Admin(self.place, (local_host(settings),)).visitor(), settings.line)
        except LinkTrouble as trouble:
            _log.warning("nothing was dropped from the line: %s", trouble)
        else:
            _log.info("%d messages dropped under floor %d, %d stay", done.dropped, done.floor, done.messages)

    def _begin(self, settings: Settings) -> str:
        self._process.start()
        admin = Admin(self.place, (local_host(settings),))
        self._wait_ready(admin, self._never)
        admin.check_servers()
        return admin.keep_stream(settings.subjects, replicas=1)

    def _again(self, settings: Settings, stopped: threading.Event) -> bool:
        try:
            self._process.start()
        except ServerTrouble as trouble:  # its program is being replaced, or there is no memory for one more
            _log.warning("the server is not started: %s", trouble)
            return False
        return self._look(settings, stopped)

    def _look(self, settings: Settings, stopped: threading.Event) -> bool:
        """Whether it is as it has to be; False: it is looked at again. Raises ServerTrouble if it is not fit."""
        admin = Admin(self.place, (local_host(settings),))
        try:
            self._wait_ready(admin, stopped)
            if stopped.is_set():
                return True
            admin.check_servers()
            _log.warning("the server is back: %s", admin.keep_stream(settings.subjects, replicas=1))
        except TooFew as trouble:
            _log.warning("the server does not answer yet: %s", trouble)
            return False
        except ServerTrouble:
            if self._process.alive:
                raise  # it runs and is not fit: whoever watches must see it
            return False
        except LinkTrouble as trouble:
            _log.warning("the server does not answer yet: %s", trouble)
            return False
        return True

    def _wait_ready(self, admin: Admin, stopped: threading.Event) -> None:
        end_ns = self._clock.now().mono_ns + round(READY_S_MAX * 1e9)
        while not self._clock.wait(stopped, LOOK_S):
            if not self._process.alive:
                raise ServerTrouble(
                    f"The server ended at once: {self._last_words()}",
                    remedy=f"Its port may be in use, or its disk full. The whole log is {self.place.log}.",
                )
            try:
                if admin.storage_ready():
                    return
            except (Unreachable, NoReply) as trouble:
                if self._clock.now().mono_ns > end_ns:
                    raise ServerTrouble(
                        f"The server did not answer within {READY_S_MAX:.0f} s: {trouble.what}",
                        remedy=f"Its log is {self.place.log}.",
                    ) from trouble

    def _end_orphan(self, say: Callable[[str], None]) -> None:
        pid = end_orphan(self.place)
        if not pid:
            return
        say(f"a server without its supervisor ran here (process {pid}) and is ended first")
        begun_ns = self._clock.now().mono_ns
        while running_pid(self.place) == pid:
            waited_s = (self._clock.now().mono_ns - begun_ns) / 1e9
            if waited_s > ORPHAN_S_ASKED:
                end_orphan(self.place, hard=True)
            if waited_s > ORPHAN_S_MAX:
                raise ServerTrouble(
                    f"Another server runs in {self.place.folder} (process {pid}) and does not end.",
                    remedy="End it by hand: two servers on one store would destroy it.",
                )
            self._clock.wait(self._never, LOOK_S)

    def _last_words(self) -> str:
        return self._process.last_words() or "it said nothing"


def set_up(place: Place, settings: Settings) -> None:
    """Make folder, authority, own keys and certificate, as far as they are missing. Raises ServerTrouble."""
    try:
        changed = not place.begun or place.read_settings() != settings
        place.make()
        authority = Authority(place.tls)
        authority.make()
        Admin.make_keys(place)
        guests = GuestAuthority(place.tls)
        guests.make()
        if changed or not (place.tls / "server.pem").exists() or not (place.tls / "guests.pem").exists():
            hosts = [host.rpartition(":")[0] for host in settings.hosts]
            authority.issue(place.tls, hosts)
            guests.issue(place.tls, hosts)
            place.write_settings(settings)
    except OSError as error:
        raise ServerTrouble(
            f"The server's folder {place.folder} cannot be made: {error}.",
            remedy="Give this user the right to write there.",
        ) from error


def write_config(place: Place, binary: Binary) -> str:
    """Write the configuration with the keys of now, if the server takes it; its digest. Raises ServerTrouble."""
    settings = place.read_settings()
    keys = KeyRing(place.keys).all()
    try:
        guests = GuestBook(place.guests).all()
        text = render(node_of(place, settings), settings.subjects, Admin.make_keys(place), keys, guests)
        fresh = place.config.with_name("nats.conf.new")
        fresh.write_text(text, "utf-8")
        digest = check_config(binary, fresh)
        fresh.replace(place.config)
    except OSError as error:
        raise ServerTrouble(
            f"The configuration in {place.folder} cannot be written: {error}.",
            remedy="Use the user the server runs as, and see that its disk is not full.",
        ) from error
    return digest


def put_in_force(place: Place, binary: Binary, clock: Clock) -> bool:
    """Make the server know keys and guests of now, and wait until it does; False if none runs. Raises LinkTrouble."""
    digest = write_config(place, binary)
    pid = running_pid(place)
    if not pid:
        return False
    admin = Admin(place, (local_host(place.read_settings()),))
    before = [varz.config_load_time for varz in admin.servers(expected=1)]
    reload(pid)
    end_ns = clock.now().mono_ns + round(RELOAD_S_MAX * 1e9)
    while not _has_read(admin, digest, before):
        if clock.now().mono_ns > end_ns:
            raise ServerTrouble(
                f"The running server (process {pid}) did not take the new keys within {RELOAD_S_MAX:.0f} s.",
                remedy=f"Start it again, so that they are in force. Its log is {place.log}.",
            )
        clock.wait(threading.Event(), LOOK_S)
    return True


def node_of(place: Place, settings: Settings) -> Node:
    """The one server of a folder."""
    return Node(
        name=settings.subjects.stream,
        listen=settings.listen,
        port=settings.port,
        monitor_port=settings.monitor_port,
        mqtt_port=settings.mqtt_port,
        websocket_port=settings.websocket_port,
        folder=place.tls.as_posix(),
        store=place.store.as_posix(),
        log=place.log.as_posix(),
        pid=place.pid.as_posix(),
    )


def local_host(settings: Settings) -> str:
    """How the server's own tools reach it."""
    everywhere = settings.listen in {"0.0.0.0", "::", "[::]"}  # noqa: S104 - compared, not bound
    return f"{'127.0.0.1' if everywhere else settings.listen}:{settings.port}"


def _has_read(admin: Admin, digest: str, before: list[str]) -> bool:
    try:
        found = admin.servers(expected=1)
    except LinkTrouble:
        return False  # while it reads its users anew, it knows nobody for a moment
    # The digest is the file's as soon as it is read; the time is set when everybody was looked at by the new keys.
    return any(varz.config_digest == digest and varz.config_load_time not in before for varz in found)

"""The folder of a line's server: what is where, and the settings a technician may see."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.link.join_key import PORT, read_host
from shopfloor.link.joined import write_private
from shopfloor.link.subjects import Subjects, is_name
from shopfloor.link.trouble import ServerTrouble

LINE: Final = "line"  # what a line is called whose line file nobody named
FOLDER: Final = "line-server"  # inside the data folder, so that a terminal may live beside it
CLUSTER_PORT: Final = 6222
MONITOR_PORT: Final = 8222


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the server was begun with. `hosts` is how terminals reach it, "name:port" each, as new keys say it.

    `mqtt_port` and `websocket_port` are for guests; 0: nobody listens there.
    """

    line: str
    hosts: tuple[str, ...]
    listen: str = "0.0.0.0"  # noqa: S104 - terminals are other computers; keys settle who may speak
    port: int = PORT
    monitor_port: int = MONITOR_PORT
    mqtt_port: int = 0
    websocket_port: int = 0

    @property
    def subjects(self) -> Subjects:
        """The subjects of the line."""
        return Subjects(self.line)


class Place:
    """The files of one server."""

    def __init__(self, data: Path) -> None:
        self.folder = (data / FOLDER).absolute()
        self.config = self.folder / "nats.conf"
        self.keys = self.folder / "keys" / "keys.json"
        self.guests = self.folder / "keys" / "guests.json"
        self.admin = self.folder / "admin.nk"
        self.system = self.folder / "system.nk"
        self.store = self.folder / "jetstream"
        self.log = self.folder / "log" / "nats-server.log"
        self.pid = self.folder / "nats-server.pid"
        self.tls = self.folder / "tls"
        self._settings = self.folder / "server.json"

    @property
    def guests_authority(self) -> Path:
        """The certificate that guests have to trust: nothing secret."""
        return self.tls / "guests-ca.pem"

    @property
    def begun(self) -> bool:
        """Whether a server was ever set up here."""
        return self._settings.exists()

    def read_settings(self) -> Settings:
        """The settings. Raises ServerTrouble if there are none, or nobody can read them."""
        try:
            return msgspec.json.decode(self._settings.read_bytes(), type=Settings)
        except FileNotFoundError as error:
            raise ServerTrouble(
                f"Expected a line server in {self.folder.parent}, found none.",
                remedy="Start one first: shopfloor line serve --data DIR.",
            ) from error
        except (OSError, msgspec.DecodeError) as error:
            raise ServerTrouble(
                f"The settings {self._settings} cannot be read: {error}.",
                remedy="Restore the folder from its copy; the terminals fill up what an old copy lacks.",
            ) from error

    def settings_with(
        self,
        *,
        line: str,
        hosts: Sequence[str] = (),
        listen: str | None = None,
        port: int | None = None,
        monitor_port: int | None = None,
        mqtt_port: int | None = None,
        websocket_port: int | None = None,
    ) -> Settings:
        """The settings, with what is given changed; `hosts` without a port get the server's. Raises LinkTrouble."""
        name = line or LINE
        if not is_name(name):
            raise ServerTrouble(
                f"Expected the id of a line, got {name!r}.",
                remedy="Use small letters, digits and -.",
            )
        known = self.read_settings() if self.begun else Settings(line=name, hosts=(socket.gethostname(),))
        at = port or known.port
        kept = [host.rpartition(":")[0] or host for host in known.hosts] if at != known.port else list(known.hosts)
        return msgspec.structs.replace(
            known,
            hosts=tuple(read_host(host, port=at) for host in hosts or kept),
            listen=listen or known.listen,
            port=at,
            monitor_port=monitor_port or (at + MONITOR_PORT - PORT if at != known.port else known.monitor_port),
            mqtt_port=known.mqtt_port if mqtt_port is None else mqtt_port,
            websocket_port=known.websocket_port if websocket_port is None else websocket_port,
        )

    def write_settings(self, settings: Settings) -> None:
        """Keep the settings. Raises OSError."""
        self.make()
        write_private(self._settings, msgspec.json.format(msgspec.json.encode(settings)))

    def make(self) -> None:
        """Make the folders, for this user only. Raises OSError."""
        for folder in (self.folder, self.store, self.log.parent, self.tls, self.keys.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

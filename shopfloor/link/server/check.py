"""Whether a server and its stream may hold a line: refused in words if they acknowledge what they may lose."""

from typing import Any, Final

from msgspec import Struct

from shopfloor.link.server.binary import read_version, refuse_old
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble
from shopfloor.link.versions import LINE_MAJOR, WORD, major_of

REPLICAS: Final = (1, 3, 5)  # an even number bears no more failures than the one below
REPEAT_WINDOW_NS: Final = 120_000_000_000  # how long the server knows the id of a message it has; the default
PERSIST_DEFAULT: Final = ("", "default")

_SYNC = "`sync_interval: always` in the section jetstream of its configuration; `shopfloor line serve` writes it so."


class _StorageConfig(Struct, frozen=True):
    sync_always: bool = False


class _Storage(Struct, frozen=True):
    config: _StorageConfig | None = None


class Varz(Struct, frozen=True):
    """What a server says of itself; only what a line needs to know."""

    server_name: str = ""
    version: str = ""
    config_digest: str = ""
    config_load_time: str = ""
    tls_required: bool = False
    auth_required: bool = False
    jetstream: _Storage = _Storage()


def check_server(varz: Varz) -> None:
    """Raise ServerTrouble if this server may lose what it acknowledges, or lets in whoever comes."""
    name = f"server {varz.server_name}"
    version = read_version(varz.version)
    if version is None:
        raise ServerTrouble(f"Expected {name} to say its version, got {varz.version!r}.", remedy="Is it a nats-server?")
    refuse_old(version, what=name)
    if varz.jetstream.config is None:
        raise ServerTrouble(f"Expected {name} to keep streams, got one without JetStream.", remedy=f"Set {_SYNC}")
    if not varz.jetstream.config.sync_always:
        raise ServerTrouble(
            f"Expected {name} to acknowledge when its disk has the data, got one that syncs now and then: "
            "a power cut takes minutes of acknowledged scans.",
            remedy=f"Set {_SYNC}",
        )
    if not varz.tls_required or not varz.auth_required:
        raise ServerTrouble(
            f"Expected {name} to encrypt and to ask for keys, got one that does not.",
            remedy="Use the configuration that `shopfloor line serve` or `line export-config` writes.",
        )


def wanted_stream(subjects: Subjects, replicas: int) -> dict[str, Any]:
    """How the line's stream has to be, in the server's words."""
    return {
        "name": subjects.stream,
        "subjects": list(subjects.stored),
        "storage": "file",
        "retention": "limits",
        "discard": "new",  # whatever fills up: new ones are refused, old ones are never dropped silently
        "num_replicas": replicas,
        "duplicate_window": REPEAT_WINDOW_NS,
        "deny_delete": True,
        "allow_rollup_hdrs": False,  # a header of a message could purge others
        "allow_msg_ttl": False,  # and let a message vanish
        "allow_direct": True,
        "metadata": {WORD: str(LINE_MAJOR)},
        # Said after it is stored, without the body: a reader fetches what it has not, one way for all.
        "republish": {
            "src": subjects.everything,
            "dest": f"{subjects.log}.>",
            "headers_only": True,
        },
    }


def check_stream(config: dict[str, Any]) -> None:
    """Raise ServerTrouble if a stream that is there cannot be made good by changing it."""
    name = config.get("name", "?")
    remedy = (
        "Stop the server, set its folder `jetstream` aside, start it again: the terminals fill a new stream from their "
        "own journals."
    )
    if config.get("persist_mode", "") not in PERSIST_DEFAULT:
        raise ServerTrouble(
            f"Expected stream {name} to be on the disk before it acknowledges, got persist_mode "
            f"{config['persist_mode']!r}, which overrides the server's sync.",
            remedy=remedy,
        )
    if config.get("storage") != "file":
        raise ServerTrouble(
            f"Expected stream {name} on the disk, got storage {config.get('storage')!r}.", remedy=remedy
        )
    if major_of(config.get("metadata") or {}) > LINE_MAJOR:
        raise ServerTrouble(
            f"Expected stream {name} of version {LINE_MAJOR} or older, got {config['metadata'][WORD]!r}: its terminals "
            "run a newer program.",
            remedy="Install that program on the server too.",
        )
    if config.get("sealed") or config.get("no_ack"):
        raise ServerTrouble(f"Expected stream {name} to take and acknowledge messages, and it does not.", remedy=remedy)


def changes(config: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What differs; a field the server leaves out is false or empty, and words of its own in the metadata are kept."""
    found = config | {"metadata": {k: v for k, v in (config.get("metadata") or {}).items() if k == WORD}}
    return {name: value for name, value in wanted.items() if found.get(name, type(value)()) != value}

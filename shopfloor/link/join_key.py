"""The joining key: one text that makes a computer a terminal of a line. Whoever has it is that terminal."""

import base64
import binascii
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.check_chars import CHECK_CHARS, check_chars, is_valid
from shopfloor.link.nkey import SEED_BYTES, seed_bytes, seed_text
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.subjects import is_name
from shopfloor.link.trouble import LinkTrouble

PREFIX: Final = "SFL1"  # the program and the format; digits and capitals, as a QR code packs them best
KEY_CHARS_MAX: Final = 4000  # ten times what a key has; more is not one
HOSTS_MAX: Final = 8  # a cluster has three
PORT: Final = 4222  # registered for NATS

_PORT_MAX: Final = 65535
_VERSION_AGAIN = "Ask for a new one: `shopfloor line key new NAME` on the server."


class JoinKey(Struct, frozen=True, kw_only=True):
    """`hosts`: "name:port" each; `seed`: the terminal's secret; `authority`: the certificate (DER) of its servers.

    `role`: what the server lets this terminal do, which it need not be asked for then; "" in a key that does not say.
    """

    line: str
    terminal: str
    hosts: tuple[str, ...]
    seed: str
    authority: bytes
    role: str = ""

    @property
    def watches(self) -> bool:
        """Whether the server takes nothing from this terminal, so that nothing is sent."""
        return self.role == KeyRole.BOARD

    @property
    def may_take_over(self) -> bool:
        """Whether the server lets it take over stations."""
        return self.role in {"", KeyRole.LEADER, KeyRole.ADMIN}


class _Packed(Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    line: str
    terminal: str
    hosts: tuple[str, ...]
    seed: bytes
    authority: bytes
    role: str = ""


def write_key(key: JoinKey) -> str:
    """The text of a key: digits and capitals, with two check characters at the end."""
    packed = _Packed(key.line, key.terminal, key.hosts, seed_bytes(key.seed), key.authority, key.role)
    body = PREFIX + base64.b32encode(msgspec.msgpack.encode(packed)).decode("ascii").rstrip("=")
    return body + check_chars(body)


def read_key(text: str) -> JoinKey:
    """The key a text holds; spaces, line ends and small letters do not matter. Raises LinkTrouble if it holds none."""
    plain = "".join(text[: KEY_CHARS_MAX * 2].split()).upper()
    if len(plain) > KEY_CHARS_MAX or not plain.startswith(PREFIX[:-1]):
        raise LinkTrouble(
            f"Expected a joining key, which begins with {PREFIX}, got {plain[:8] or 'nothing'!r}.",
            remedy="Copy the whole text that `shopfloor line key new NAME` printed.",
        )
    if not plain.startswith(PREFIX):
        raise LinkTrouble(
            f"Expected a joining key that begins with {PREFIX}, got {plain[:4]}: of another program version.",
            remedy="Use the same version of shopfloor on the server and on the terminal, and make a new key.",
        )
    if not is_valid(plain):
        raise LinkTrouble(
            f"The joining key is damaged: its {CHECK_CHARS} check characters do not fit its {len(plain)} characters.",
            remedy="A part is missing or mistyped. Copy or scan it again.",
        )
    body = plain[len(PREFIX) : -CHECK_CHARS]
    try:
        packed = msgspec.msgpack.decode(base64.b32decode(body + "=" * (-len(body) % 8)), type=_Packed)
    except (binascii.Error, msgspec.DecodeError) as error:
        raise LinkTrouble(f"The joining key holds no key: {error}.", remedy=_VERSION_AGAIN) from error
    names = is_name(packed.line) and is_name(packed.terminal)
    if not names or len(packed.seed) != SEED_BYTES or not 0 < len(packed.hosts) <= HOSTS_MAX:
        raise LinkTrouble("The joining key names no line, terminal or server.", remedy=_VERSION_AGAIN)
    hosts = tuple(read_host(host) for host in packed.hosts)
    return JoinKey(
        line=packed.line,
        terminal=packed.terminal,
        hosts=hosts,
        seed=seed_text(packed.seed),
        authority=packed.authority,
        role=packed.role,
    )


def read_host(text: str, *, port: int = PORT) -> str:
    """An address people write ("server", "10.0.0.5:4222", "tls://server:4222") as "name:port". Raises LinkTrouble."""
    scheme, separator, rest = text.strip().rpartition("://")
    name, _, given = rest.partition(":") if not rest.startswith("[") else _ipv6(rest)
    number = port if not given else int(given) if given.isascii() and given.isdigit() else 0
    good = not separator or scheme.lower() in {"tls", "nats"}
    if not good or not name or set(name) & set(" /@?#\"'\\{}") or not 0 < number <= _PORT_MAX:
        raise LinkTrouble(
            f"Expected the address of a line server, as in tls://server:{PORT}, got {text!r}.",
            remedy="Name the computer that runs `shopfloor line serve`, or its cluster's first node.",
        )
    return f"{name}:{number}"


def url_of(host: str) -> str:
    """The address as people and clients write it."""
    return f"tls://{host}"


def _ipv6(text: str) -> tuple[str, str, str]:
    inside, bracket, rest = text.partition("]")
    return inside + bracket, ":", rest.removeprefix(":")

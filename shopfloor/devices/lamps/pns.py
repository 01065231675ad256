"""PATLITE's network lamps: PNS frames over TCP, every one answered, and the state read back.

A frame is product (2 bytes), command, 00, length (2 bytes, high first), data. `S` sets five lights (0 off, 1 on,
2 flash) and the buzzer, answered by 06 or 15; `G` asks for them. Sources: the maker's examples for LA6-POE and
LR5-LAN (product `AB`), its NHL manual (product `XX`).
"""

from enum import Enum
from typing import Final

from shopfloor.core.health import Condition
from shopfloor.devices.lamps.code import Seen
from shopfloor.devices.lamps.driver import ANSWER_S_MAX, UNASKED_BYTES_MAX, read_exactly, silent
from shopfloor.devices.lamps.wish import COLOURS, DARK, Buzz, LampWish, Light, light_of, lights, one_sound
from shopfloor.devices.transport import PortFault, Transport

ACK: Final = 0x06
NAK: Final = 0x15
SET: Final = b"S"
GET: Final = b"G"

_HEAD_BYTES: Final = 6
_SET_BYTES: Final = 6
_STATE_BYTES: Final = 6
_INPUT_BYTES: Final = 8  # the eight inputs before the mode in what an LA6-POE answers
_LA6_BYTES: Final = _INPUT_BYTES + 1 + _STATE_BYTES
_LA6_SMART_BYTES: Final = 13
_ANSWER_BYTES_MAX: Final = 64
_REST_S: Final = 0.1  # the rest of a longer answer is already on its way
_SMART: Final = 1
_KEEP: Final = 9
_HOW: Final = {Light.OFF: 0, Light.ON: 1, Light.FLASH: 2}
_SOUNDS: Final = {Buzz.OFF: 0, Buzz.CALL: 1, Buzz.STOP: 2}


class PnsModel(Enum):
    """Which lamp it is: told apart by what it answers, so that the line file need not say."""

    LA6 = b"AB", True
    LR5 = b"AB", False
    NHL = b"XX", True

    def __init__(self, product: bytes, two_sounds: bool) -> None:  # noqa: FBT001 - the value of a member
        self.product = product
        self.two_sounds = two_sounds

    @property
    def state_bytes(self) -> int:
        """How long its answer to `G` is."""
        return _LA6_BYTES if self is PnsModel.LA6 else _STATE_BYTES


class PnsLamp:
    """One network lamp; its five lights from the bottom are red, yellow, green, blue, white."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._model = PnsModel.LA6
        self.emulated = transport.emulated

    def open(self) -> None:
        """Connect, and find out which lamp it is."""
        self._transport.open()
        self._model = self._which()

    def able(self, wish: LampWish) -> LampWish:
        """Everything; one model has one sound."""
        if self._model.two_sounds:
            return wish
        shining = {colour: light_of(wish, colour) for colour in COLOURS}
        return lights(**shining, buzzer=one_sound(wish.buzzer))

    def show(self, wish: LampWish) -> None:
        """Set all of it; a lamp that refuses is in trouble."""
        self._transport.write(set_frame(self._model.product, self.able(wish)))
        answer = read_exactly(self._transport, 1)
        if answer[0] != ACK:
            raise PortFault(
                Condition.TROUBLE,
                f"{self._transport.describe()}: expected the answer 06, got {answer.hex(' ')}: the lamp refuses.",
                remedy="Allow PNS commands in the lamp's own settings, with TCP and this port.",
            )

    def look(self) -> Seen:
        """What the lamp says that it shows."""
        self._transport.write(frame(self._model.product, GET))
        return Seen(shown=state_of(read_exactly(self._transport, self._model.state_bytes)))

    def check(self) -> None:
        """Read what nobody asked for."""
        self._transport.read(UNASKED_BYTES_MAX, 0.0)

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def describe(self) -> str:
        """The address."""
        return self._transport.describe()

    def _which(self) -> PnsModel:
        answer = self._ask(PnsModel.LA6.product)
        if answer[0] == NAK or not answer:
            answer = self._ask(PnsModel.NHL.product)
            model = PnsModel.NHL
        else:
            model = PnsModel.LR5 if len(answer) == _STATE_BYTES else PnsModel.LA6
        if len(answer) == _LA6_SMART_BYTES and answer[_INPUT_BYTES] == _SMART:
            raise PortFault(
                Condition.TROUBLE,
                f"{self._transport.describe()}: expected a lamp in signal light mode, got one in smart mode.",
                remedy="Switch the lamp to signal light mode: turn its rotary switch, or use its web page.",
            )
        if len(answer) not in {_STATE_BYTES, _LA6_BYTES}:
            raise silent(self._transport, expected="the lamp's state", got=answer.hex(" ") or "nothing")
        return model

    def _ask(self, product: bytes) -> bytes:
        self._transport.write(frame(product, GET))
        answer = self._transport.read(_ANSWER_BYTES_MAX, ANSWER_S_MAX)
        if not answer:
            raise silent(self._transport, expected="the lamp's state", got="nothing")
        while answer[0] != NAK and len(answer) < _LA6_BYTES:
            piece = self._transport.read(_ANSWER_BYTES_MAX, _REST_S)
            if not piece:
                break
            answer += piece
        return answer


class PnsTwin:
    """A network lamp of one model; `smart` is a lamp in the mode in which it obeys nobody."""

    def __init__(self, model: PnsModel = PnsModel.LA6, *, smart: bool = False) -> None:
        self.shown = DARK
        self.smart = smart
        self._model = model
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        """Take frames in any pieces; an answer for each."""
        self._waiting += data
        answers = b""
        while len(self._waiting) >= _HEAD_BYTES:
            length = _HEAD_BYTES + int.from_bytes(self._waiting[4:6], "big")
            if len(self._waiting) < length:
                break
            whole, self._waiting = self._waiting[:length], self._waiting[length:]
            answers += self._answer(whole)
        return answers

    def _answer(self, whole: bytes) -> bytes:
        if whole[:2] != self._model.product:
            return bytes([NAK])
        if whole[2:3] == GET:
            return self._state()
        data = whole[_HEAD_BYTES:]
        one_too_many = data[5:] == bytes([_SOUNDS[Buzz.STOP]]) and not self._model.two_sounds
        if whole[2:3] != SET or len(data) != _SET_BYTES or one_too_many:
            return bytes([NAK])
        before = _values(self.shown)
        self.shown = state_of(bytes(old if new == _KEEP else new for old, new in zip(before, data, strict=True)))
        return bytes([ACK])

    def _state(self) -> bytes:
        if self._model is not PnsModel.LA6:
            return _values(self.shown)
        if self.smart:
            return bytes(_INPUT_BYTES) + bytes([_SMART, 1, 0, 0, 1])
        return bytes(_INPUT_BYTES + 1) + _values(self.shown)


def frame(product: bytes, command: bytes, data: bytes = b"") -> bytes:
    """One PNS frame."""
    return product + command + b"\0" + len(data).to_bytes(2, "big") + data


def set_frame(product: bytes, wish: LampWish) -> bytes:
    """The frame that sets everything."""
    return frame(product, SET, _values(wish))


def state_of(answer: bytes) -> LampWish:
    """What an answer to `G` says: its last six bytes."""
    values = answer[-_STATE_BYTES:]
    how = {value: light for light, value in _HOW.items()}
    # Other patterns are set by somebody else; whatever they are, they flash.
    shining = {colour: how.get(value, Light.FLASH) for colour, value in zip(COLOURS, values[:5], strict=True)}
    sounds = {value: buzz for buzz, value in _SOUNDS.items()}
    return lights(**shining, buzzer=sounds.get(values[5], Buzz.CALL))


def _values(wish: LampWish) -> bytes:
    return bytes([*(_HOW[light_of(wish, colour)] for colour in COLOURS), _SOUNDS[wish.buzzer]])

"""How a station's state and a part's condition look: shape, word and colours, the same on every page."""

from msgspec import Struct

from shopfloor.core.health import Condition
from shopfloor.core.text import Text
from shopfloor.core.views import StationState
from shopfloor.gui.icons import Icon
from shopfloor.gui.theme import Palette


class Look(Struct, frozen=True):
    """Shape, word, field, text on it and edge; no field ("") is the ground it stands on."""

    icon: Icon
    word: Text
    fill: str
    text: str
    edge: str


def state_look(state: StationState, palette: Palette) -> Look:
    """A station state. Running, starved and idle are calm: only what is abnormal has a colour."""
    match state:
        case StationState.STOPPED:
            return Look(Icon.STOP, Text("STOPPED"), palette.stop, palette.on_stop, palette.stop_edge)
        case StationState.RESTARTING:
            return Look(Icon.RESTARTING, Text("RESTARTING"), palette.inverse, palette.on_inverse, palette.inverse)
        case StationState.CALLED:
            return Look(Icon.CALL, Text("CALLED"), palette.call, palette.on_call, palette.call_edge)
        case StationState.BLOCKED:
            return Look(Icon.BLOCKED, Text("BLOCKED"), palette.inverse, palette.on_inverse, palette.inverse)
        case StationState.RUNNING:
            return Look(Icon.RUNNING, Text("RUNNING"), "", palette.ink, "")
        case StationState.STARVED:
            return Look(Icon.STARVED, Text("STARVED"), palette.raised, palette.ink, palette.ink)
        case StationState.IDLE:
            return Look(Icon.IDLE, Text("IDLE"), "", palette.soft, "")


def condition_look(condition: Condition, palette: Palette) -> Look:
    """How a device or service is; what is well stays grey."""
    match condition:
        case Condition.UP:
            return Look(Icon.RUNNING, Text("connected"), "", palette.soft, "")
        case Condition.VIRTUAL:
            return Look(Icon.VIRTUAL, Text("virtual"), "", palette.soft, "")
        case Condition.NEW:
            return Look(Icon.IDLE, Text("starting"), "", palette.soft, "")
        case Condition.LOST:
            return Look(Icon.LOST, Text("lost"), "", palette.ink, palette.ink)
        case Condition.BUSY:
            return Look(Icon.TROUBLE, Text("busy"), "", palette.ink, palette.ink)
        case Condition.DENIED:
            return Look(Icon.TROUBLE, Text("no right"), "", palette.ink, palette.ink)
        case Condition.TROUBLE:
            return Look(Icon.TROUBLE, Text("trouble"), "", palette.ink, palette.ink)
        case Condition.STOPPED:
            return Look(Icon.IDLE, Text("switched off"), "", palette.soft, palette.ink)

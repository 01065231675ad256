"""The reasons the program itself calls for, where a watch names none of the line file's own."""

from collections.abc import Mapping
from types import MappingProxyType

from shopfloor.core.line import Reason
from shopfloor.core.line_andon import WatchKind
from shopfloor.core.state_andon import rule_reason

_NAMES = {
    WatchKind.LIMIT: "Limit reached for long",
    WatchKind.STARVED: "Nothing to work on",
    WatchKind.BLOCKED: "No place to put it",
    WatchKind.RED_LOOP: "Store nearly empty",
    WatchKind.CYCLE: "Slower than usual",
    WatchKind.SILENT: "Input is silent",
    WatchKind.WRONG_PART: "Wrong parts scanned",
}

RULE_REASONS: Mapping[str, Reason] = MappingProxyType({
    rule_reason(kind): Reason(id=rule_reason(kind), name=name) for kind, name in _NAMES.items()
})  # fmt: skip

"""What the parts of a call are called on screens, in the language in force."""

from collections.abc import Iterable

from shopfloor.core.call_views import AdviceView
from shopfloor.core.line_andon import Role, WatchKind
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.text import Text
from shopfloor.core.words_watch import watch_words
from shopfloor.gui.ui import Ui

ROLE_WORDS = {
    Role.OPERATOR: Text("Operator"),
    Role.LEADER: Text("Team leader"),
    Role.MAINTENANCE: Text("Maintenance"),
    Role.QUALITY: Text("Quality"),
    Role.PLANNER: Text("Planner"),
    Role.ADMIN: Text("Administrator"),
}
RULE_WORDS = {
    rule_reason(WatchKind.LIMIT): Text("Limit reached for long"),
    rule_reason(WatchKind.STARVED): Text("Nothing to work on"),
    rule_reason(WatchKind.BLOCKED): Text("No place to put it"),
    rule_reason(WatchKind.RED_LOOP): Text("Store nearly empty"),
    rule_reason(WatchKind.CYCLE): Text("Slower than usual"),
    rule_reason(WatchKind.SILENT): Text("Input is silent"),
    rule_reason(WatchKind.WRONG_PART): Text("Wrong parts scanned"),
}


def reason_said(ui: Ui, reason: str, name: str) -> str:
    """A reason's name: the program's own in the language in force, the line file's as the plant wrote it."""
    if not reason:
        return ui.tr("no reason given")
    return ui.say(RULE_WORDS[reason]) if reason in RULE_WORDS else name


def roles_said(ui: Ui, roles: Iterable[Role]) -> str:
    """Roles in words, side by side."""
    return ", ".join(ui.say(ROLE_WORDS[role]) for role in roles)


def advice_said(ui: Ui, advice: AdviceView) -> str:
    """What a rule has noticed, and the numbers behind it."""
    name, seen = reason_said(ui, advice.reason, advice.reason_name), ui.say(watch_words(advice.args))
    return f"{name}: {seen}" if seen else name

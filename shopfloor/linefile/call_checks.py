"""Calls: reasons and causes of two levels, who is told and when, what calls by itself, and who has which role."""

from collections.abc import Iterator

from shopfloor.core.codes import printable
from shopfloor.linefile.ports import SECRETS, TARGETS, names_somebody
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table

OWN_REASONS = "rule-"  # how the ids of the program's own reasons begin


def check_reason(reason: Table, *, file: Table, reasons: list[str], escalations: list[str]) -> Iterator[Problem]:
    """Every problem of one reason, its parent apart."""
    name, kind = reason.text("id") or "", reason.text("kind", "help")
    if name.startswith(OWN_REASONS):
        yield Problem(
            reason.path("id"), f"ids that begin with {OWN_REASONS} are the program's own", "give it another id"
        )
    deadline = reason.number("deadline_s")
    if kind == "stop" and deadline is not None and deadline > 0:
        yield Problem(
            reason.path("deadline_s"),
            "a stop stands at once and has no deadline",
            'remove deadline_s, or use kind = "help" to stop after it',
        )
    if kind == "stop" and reason.has("severity"):
        yield Problem(reason.path("severity"), "a stop is always critical", 'remove severity, or use kind = "help"')
    if reason.text("scope") == "segment" and not any(station.text("segment") for station in file.tables("stations")):
        yield Problem(
            reason.path("scope"),
            "no station is in a segment",
            'add segment = "..." to the stations that stop together, or write scope = "station"',
        )
    if escalation := reason.text("escalation"):
        yield from reference(
            reason.path("escalation"), escalation, known=escalations, what="escalation", table="escalations"
        )
    if (reason.number("count") or 0) > 0 and not reason.number("delay_s"):
        yield Problem(
            reason.path("count"),
            "says how often, and nothing says within what time",
            "add delay_s = the seconds in which it must come so often",
        )
    if (
        reason.is_true("verify")
        and sum(one.text("role", "operator") != "operator" for one in file.tables("people")) < 2
    ):
        yield Problem(
            reason.path("verify"),
            "nobody could check what another one cleared",
            "name two [[people]] at least who are no operators, or remove verify",
        )
    yield from _once(reason, "roles", "role")
    yield from _parent(reason, file.tables("reasons"), known=reasons, what="reason")


def check_cause(cause: Table, *, file: Table, causes: list[str], reasons: list[str]) -> Iterator[Problem]:
    """Every problem of one cause."""
    yield from _parent(cause, file.tables("causes"), known=causes, what="cause")
    for index, reason in cause.texts("reasons"):
        yield from reference(cause.path("reasons", index), reason, known=reasons, what="reason", table="reasons")
    yield from _once(cause, "reasons", "reason")


def check_escalation(escalation: Table) -> Iterator[Problem]:
    """Levels in time order, and at least one thing that happens."""
    for timer in ("not_taken", "not_cleared"):
        before = 0.0
        for step in escalation.tables(timer):
            after = step.number("after_s")
            yield from _once(step, "roles", "role")
            if after is None:
                continue
            if 0 < after <= before:
                yield Problem(
                    step.path("after_s"),
                    f"{after:g} s is not after the {before:g} s of the level before it",
                    "let each level come later than the one before it",
                )
            before = max(before, after)
    if all(escalation.is_nothing(key) for key in ("not_taken", "not_cleared", "repeat_s")):
        yield Problem(
            escalation.path("not_taken"),
            "nothing happens in this escalation",
            'add not_taken = [{ after_s = 60, roles = ["leader"] }], not_cleared or repeat_s',
        )


def check_policy(file: Table, *, reasons: list[str]) -> Iterator[Problem]:
    """What HELP calls for at once is a reason, and no stop."""
    policy = file.table("andon")
    if not (name := policy.text("help_reason")):
        return
    path = policy.path("help_reason")
    yield from reference(path, name, known=reasons, what="reason", table="reasons")
    if any(reason.text("id") == name and reason.text("kind") == "stop" for reason in file.tables("reasons")):
        yield Problem(
            path, f"'{printable(name)}' stops, and help is not to stop anything", "name a reason of kind help"
        )


def check_duties(file: Table) -> Iterator[Problem]:
    """The roster: shifts and people that there are, and people who have the role."""
    shifts = [name for shift in file.table("calendar").tables("shifts") if (name := shift.text("name")) is not None]
    roles = {name: one.text("role", "operator") for one in file.tables("people") if (name := one.text("id"))}
    first: dict[tuple[str, str], Table] = {}
    for duty in file.tables("roster"):
        shift, role = duty.text("shift"), duty.text("role")
        if shift is not None:
            yield from reference(
                duty.path("shift"), shift, known=shifts, what="shift", table="calendar.shifts", key="name"
            )
        if shift is not None and role is not None and (other := first.setdefault((shift, role), duty)) is not duty:
            yield Problem(
                duty.path("role"),
                f"who is {printable(role)} in the shift '{printable(shift)}' already says {other.path()}",
                "name all of them in one entry",
            )
        for index, name in duty.texts("people"):
            path = duty.path("people", index)
            yield from reference(path, name, known=list(roles), what="person", table="people")
            if role is not None and name in roles and roles[name] != role:
                yield Problem(
                    path,
                    f"'{printable(name)}' has the role {printable(roles[name] or '')}, not {printable(role)}",
                    f'write role = "{printable(role)}" at the person, or name somebody who has it',
                )
        yield from _once(duty, "people", "person")


def check_sender(sender: Table) -> Iterator[Problem]:
    """Where a sender sends, as its kind has it; never a password."""
    kind, target = sender.text("kind") or "", (sender.text("target") or "").strip()
    form = TARGETS.get(kind)
    if names_somebody(target):
        yield Problem(
            sender.path("target"),
            "names somebody in front of the host, and everybody can read this file",
            f'write user = "..." apart; if there is a password, {SECRETS}',
        )
    elif form is not None and target and not form.pattern.fullmatch(target):
        yield Problem(sender.path("target"), f"'{printable(target)}' is no target of kind {kind}", form.remedy)
    if (
        kind == "smtp"
        and not (sender.text("sender") or "").strip()
        and (not sender.has("sender") or sender.text("sender") is not None)
    ):
        yield Problem(
            sender.path("sender"), "mail needs an address it comes from", 'add sender = "andon@plant.example"'
        )
    if kind in TARGETS and kind != "smtp" and sender.has("sender"):
        yield Problem(sender.path("sender"), f"means nothing for kind {kind}", "remove it")
    yield from _once(sender, "roles", "role")


def _parent(table: Table, tables: list[Table], *, known: list[str], what: str) -> Iterator[Problem]:
    parent = table.text("parent")
    if not parent:
        return
    path = table.path("parent")
    if parent == table.text("id"):
        yield Problem(path, f"a {what} cannot be its own parent", "remove it, or name another one")
        return
    yield from reference(path, parent, known=known, what=what, table=f"{what}s")
    above = next((one for one in tables if one.text("id") == parent), None)
    if above is not None and above.text("parent"):
        yield Problem(
            path,
            f"'{printable(parent)}' has a parent itself: there are two levels",
            f"name a {what} of the first level, e.g. '{printable(above.text('parent') or '')}'",
        )


def _once(table: Table, key: str, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, word in table.texts(key):
        if word in seen:
            yield Problem(
                table.path(key, index), f"the {what} '{printable(word)}' is named twice", f"name each {what} once"
            )
        seen.add(word)

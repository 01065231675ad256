"""Types, ranges and keys of a parsed file by pydantic, its errors turned into words and remedies."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shopfloor.core.codes import printable
from shopfloor.linefile.models import (
    CalendarTable,
    DeviceTable,
    FileTable,
    LineTable,
    LoopTable,
    PartTable,
    PersonTable,
    PrinterTable,
    ReasonTable,
    SequenceTable,
    ShiftTable,
    StationTable,
    TemplateTable,
)
from shopfloor.linefile.models_andon import (
    AndonTable,
    CauseTable,
    DutyTable,
    EscalationTable,
    InputTable,
    LampTable,
    SenderTable,
    StepTable,
    WatchTable,
)
from shopfloor.linefile.places import path_of
from shopfloor.linefile.ports import SECRETS
from shopfloor.linefile.problems import Problem, did_you_mean, one_of

_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = MappingProxyType({
    (): FileTable,
    ("line",): LineTable,
    ("stations",): StationTable,
    ("parts",): PartTable,
    ("loops",): LoopTable,
    ("loops", "sequence"): SequenceTable,
    ("reasons",): ReasonTable,
    ("devices",): DeviceTable,
    ("people",): PersonTable,
    ("calendar",): CalendarTable,
    ("calendar", "shifts"): ShiftTable,
    ("templates",): TemplateTable,
    ("printers",): PrinterTable,
    ("causes",): CauseTable,
    ("escalations",): EscalationTable,
    ("escalations", "not_taken"): StepTable,
    ("escalations", "not_cleared"): StepTable,
    ("roster",): DutyTable,
    ("senders",): SenderTable,
    ("watches",): WatchTable,
    ("devices", "inputs"): InputTable,
    ("lamps",): LampTable,
    ("andon",): AndonTable,
})  # fmt: skip
_LISTS = frozenset({
    "stations", "parts", "loops", "reasons", "devices", "people", "calendar.shifts", "templates", "printers",
    "causes", "escalations", "roster", "senders", "watches", "lamps",
})  # fmt: skip


_OF_KEY = "[key]"  # how pydantic says that a key of a table of free keys is wrong, not its value
_PASSWORDS = frozenset({"password", "passwd", "passwort", "secret", "token"})


def check_shape(data: Mapping[str, object]) -> tuple[FileTable | None, list[Problem]]:
    """The checked file and no problem, or None and every problem of its shape."""
    try:
        return FileTable.model_validate(data), []
    except ValidationError as error:
        return None, [_problem(details) for details in error.errors(include_url=False)]


def _problem(error: ErrorDetails) -> Problem:
    steps = tuple(step for step in error["loc"] if step != _OF_KEY)
    context = error.get("ctx") or {}
    path = path_of(steps)
    value = error["input"]
    match error["type"]:
        case "line_file":
            return Problem(path, context["problem"], context["remedy"])
        case "extra_forbidden" if str(steps[-1]).casefold() in _PASSWORDS:
            return Problem(path, "everybody can read this file, and the journal keeps every version of it", SECRETS)
        case "extra_forbidden":
            return Problem(path, f"unknown key '{printable(str(steps[-1]))}'", _unknown_key_remedy(steps))
        case "missing":
            return Problem(path, "is missing", _missing_remedy(steps))
        case "enum" | "literal_error":
            words = re.findall(r"'([^']+)'", context["expected"])
            return Problem(
                path,
                f"expected {one_of(words)}, got {_shown(value)}",
                did_you_mean(str(value), words, otherwise=f'write "{words[0]}" or another of them'),
            )
        case "too_short" | "too_long":
            return _length_problem(path, error)
        case "string_too_short":
            return Problem(path, "is empty", "write something between the quotes")
        case "string_too_long":
            return Problem(
                path, f"expected at most {context['max_length']} characters, got {len(str(value))}", "make it shorter"
            )
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "finite_number":
            return _range_problem(path, error)
        case other:
            return _type_problem(path, other, value)


def _model_at(steps: tuple[str | int, ...]) -> type[BaseModel] | None:
    return _TABLES.get(tuple(step for step in steps if isinstance(step, str)))


def _unknown_key_remedy(steps: tuple[str | int, ...]) -> str:
    key, model = str(steps[-1]), _model_at(steps[:-1])
    known = list(model.model_fields) if model else []
    return did_you_mean(key, known, otherwise=f"remove it; known here: {', '.join(known)}")


def _missing_remedy(steps: tuple[str | int, ...]) -> str:
    path = ".".join(step for step in steps if isinstance(step, str))
    if path == "line":
        return "begin the file with [line], id, name and timezone"
    if path in _LISTS:
        return f"add at least one [[{path}]]"
    key = str(steps[-1])
    return f"add a line such as {key} = {_EXAMPLES.get(path) or _EXAMPLES.get(key, '...')}"


_EXAMPLES = {
    "id": '"press"',
    "name": '"Press 1"',
    "part": '"GB-100"',
    "route": '["press", "deburr"]',
    "kind": '"scanner"',
    "port": '"/dev/ttyACM0"',
    "station": '"press"',
    "badge": '"P-0007"',
    "target": '"tcp://10.0.0.9:9100"',
    "start": '"06:00"',
    "end": '"14:00"',
    "senders.kind": '"smtp"',
    "senders.target": '"smtp://10.0.0.5:25"',
    "watches.kind": '"blocked"',
    "lamps.kind": '"modbus"',
    "devices.inputs.name": '"cord"',
    "address": "0",
    "after_s": "60",
    "shift": '"Early"',
    "role": '"leader"',
    "roles": '["leader"]',
    "people": '["ana"]',
}


def _length_problem(path: str, error: ErrorDetails) -> Problem:
    context = error.get("ctx") or {}
    if path in _LISTS:
        return Problem(path, "is empty", f"add at least one [[{path}]]")
    if "breaks" in path:
        return Problem(path, f"expected two times, got {context['actual_length']}", 'write e.g. ["09:00", "09:15"]')
    if error["type"] == "too_long":
        is_list = isinstance(error["input"], list)
        unit, remedy = ("entries", "leave some away") if is_list else ("characters", "make it shorter")
        return Problem(path, f"expected at most {context['max_length']} {unit}, got {context['actual_length']}", remedy)
    if path.endswith("route"):
        return Problem(path, "is empty", "name the stations that supply the part, in flow order")
    return Problem(path, "is empty", "write at least one entry between the brackets")


def _range_problem(path: str, error: ErrorDetails) -> Problem:
    context = error.get("ctx") or {}
    value = _shown(error["input"])
    match error["type"]:
        case "greater_than_equal":
            return Problem(path, f"expected {context['ge']:g} or more, got {value}", _small_remedy(path))
        case "greater_than":
            return Problem(path, f"expected more than {context['gt']:g}, got {value}", _small_remedy(path))
        case "less_than_equal":
            return Problem(path, f"expected at most {context['le']:g}, got {value}", "write a smaller number")
        case _:
            return Problem(path, f"expected a number, got {value}", "write a number such as 55")


def _small_remedy(path: str) -> str:
    if path.endswith("wip_limit"):
        return "write 1 or more, or leave wip_limit away for no limit"
    if path.endswith("keep_events_days"):
        return "write more days, or leave it away for 400; figures stay whatever it is"
    if path.endswith(("takt_s", "cycle_target_s")):
        return "write the seconds, or leave it away"
    return "write a larger number"


_EXPECTED = {
    "string_type": ("a text", 'write it in quotes, e.g. "press"'),
    "int_type": ("a whole number", "write a whole number without quotes, e.g. 3"),
    "int_from_float": ("a whole number", "write a whole number without quotes, e.g. 3"),
    "float_type": ("a number", "write a number without quotes, e.g. 55"),
    "bool_type": ("true or false", "write true or false without quotes"),
    "list_type": ("a list", "write it in square brackets"),
    "dict_type": ("a table", 'write lines such as "B1" = "stop" below [devices.map]'),
    "model_type": ("a table", "write its keys below a line with its name in brackets"),
}


_LAMP_TABLES = {"channels": "channels = { red = 0, yellow = 1 }", "texts": 'texts = { "red:on" = "R1" }'}


def _type_problem(path: str, kind: str, value: object) -> Problem:
    expected, remedy = _EXPECTED.get(
        kind, ("something else", "compare it with the example of `shopfloor line new DIR`")
    )
    if kind == "list_type" and path in _LISTS:
        remedy = f"begin each entry with [[{path}]] in double brackets"
    elif kind == "dict_type" and path.startswith("lamps["):
        remedy = f"write {_LAMP_TABLES.get(path.rpartition('.')[2], 'a table')}"
    elif kind == "list_type" and path.endswith("route"):
        remedy = 'write it in square brackets, e.g. ["press"]'
    return Problem(path, f"expected {expected}, got {_shown(value)}", remedy)


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"'{printable(value)}'"
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(value) >= 10**20:
            return "a number of many digits"
        case _:
            return printable(str(value))

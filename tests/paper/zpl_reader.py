"""ZPL read as a printer would: commands and fields, and a rough picture in which text is a grey bar.

No independent renderer of ZPL is among the tools of the tests; what a printer makes of its fonts is not checked here.
"""

import re

import numpy as np
import numpy.typing as npt
import zxingcpp
from msgspec import Struct

HEAD = ("XA", "CI", "LH", "PW", "LL")
TAIL = ("PQ", "XZ")
FIELD = frozenset({"FO", "FT", "A0", "FB", "FR", "FH", "FD", "FS", "GB", "GF", "BQ", "BX", "BY", "BC"})

_COMMAND = re.compile(r"\^([A-Z][A-Z0-9])([^^]*)")
_CAPITAL, _WIDTH = 0.7, 0.35  # of a capital letter, in heights of the cell: as narrow as font 0 may be


class Field(Struct, frozen=True):
    """One field: its commands in order, where it stands, and its data as the printer understands it."""

    commands: dict[str, str]
    x: int
    y: int
    data: str

    def numbers(self, name: str) -> list[int]:
        """The numbers among the parameters of a command."""
        return [int(word) for word in self.commands[name].split(",") if word.isdigit()]


class Label(Struct, frozen=True):
    """One label: its size in dots and its fields."""

    width: int
    height: int
    fields: tuple[Field, ...]

    def texts(self) -> list[str]:
        """Every line of text."""
        return [field.data for field in self.fields if "A0" in field.commands]

    def codes(self) -> list[Field]:
        """Every bar code."""
        return [field for field in self.fields if field.commands.keys() & {"BQ", "BX", "BC"}]


def read_zpl(data: bytes) -> list[Label]:
    """Every label of a print; AssertionError for anything a label of ours may not hold."""
    text = data.decode("ascii")
    assert "~" not in text, "a control command"
    assert text.isprintable() or set(filterfalse_printable(text)) == {"\n"}
    assert "".join(match.group() for match in _COMMAND.finditer(text)) == text
    commands = [(name, rest.rstrip("\n")) for name, rest in _COMMAND.findall(text)]
    labels = []
    while commands:
        end = next(index for index, (name, _) in enumerate(commands) if name == "XZ")
        labels.append(_label(commands[: end + 1]))
        commands = commands[end + 1 :]
    return labels


def filterfalse_printable(text: str) -> str:
    """What of a text cannot be printed."""
    return "".join(char for char in text if not char.isprintable())


def picture(label: Label) -> npt.NDArray[np.uint8]:
    """The label in dots: boxes and codes as they are, text as bars of about its size."""
    dots = np.full((label.height, label.width), 255, dtype=np.uint8)
    for field in label.fields:
        if "GB" in field.commands:
            width, height, _ = field.numbers("GB")
            colour = 255 if field.commands["GB"].endswith(",W") else 0
            dots[field.y : field.y + height, field.x : field.x + width] = colour
        elif "A0" in field.commands and "FR" not in field.commands:
            cell = field.numbers("A0")[0]
            top = field.y - round(cell * _CAPITAL)
            length = round(cell * _WIDTH * len(field.data))
            start = field.x
            if "FB" in field.commands:
                start += {"L": 0, "C": 1, "R": 2}[field.commands["FB"][-1]] * (field.numbers("FB")[0] - length) // 2
            dots[top : field.y, start : start + length] = 0
        elif field in label.codes():
            code = drawn(field)
            height, width = code.shape
            dots[field.y : field.y + height, field.x : field.x + width] = code
    return dots


def drawn(field: Field) -> npt.NDArray[np.uint8]:
    """A bar code in dots, as the printer draws it."""
    if "BQ" in field.commands:
        _, module = field.numbers("BQ")
        level, text = field.data.split(",", 1)
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level[0])
        scale = (module, module)
    elif "BX" in field.commands:
        module = field.numbers("BX")[0]
        code = zxingcpp.create_barcode(field.data, zxingcpp.BarcodeFormat.DataMatrix)
        scale = (module, module)
    else:
        module, height = field.numbers("BY")[0], field.numbers("BC")[0]
        code = zxingcpp.create_barcode(field.data, zxingcpp.BarcodeFormat.Code128)
        scale = (height, module)
    modules = np.array(code.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)
    return np.kron(modules[:1] if "BC" in field.commands else modules, np.ones(scale, dtype=np.uint8)).astype(np.uint8)


def _label(commands: list[tuple[str, str]]) -> Label:
    names = [name for name, _ in commands]
    assert tuple(names[: len(HEAD)]) == HEAD
    assert tuple(names[-len(TAIL) :]) == TAIL
    head = dict(commands[: len(HEAD)])
    assert head["CI"] == "28", "UTF-8"
    fields: list[Field] = []
    current: list[tuple[str, str]] = []
    for name, rest in commands[len(HEAD) : -len(TAIL)]:
        assert name in FIELD, f"^{name} is no part of a label of ours"
        current.append((name, rest))
        if name == "FS":
            assert rest == ""
            fields.append(_field(current))
            current = []
    assert not current, "a field that does not end"
    return Label(int(head["PW"]), int(head["LL"]), tuple(fields))


def _field(commands: list[tuple[str, str]]) -> Field:
    table = dict(commands)
    assert len(table) == len(commands), "a command twice in one field"
    assert commands[0][0] in {"FO", "FT"}
    if "FD" in table:
        names = [name for name, _ in commands]
        assert names[names.index("FD") - 1] == "FH"
        assert table["FH"] == "_"
    x, y = map(int, commands[0][1].split(","))
    return Field(table, x, y, _unescaped(table.get("FD", "")))


def _unescaped(data: str) -> str:
    raw = re.sub(r"_([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), data)
    return raw.encode("latin-1").decode("utf-8")

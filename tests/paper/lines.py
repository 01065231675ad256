"""Lines to print: an everyday one, and one whose every name is as long as the line file allows."""

from shopfloor.core.codes import card_id
from shopfloor.core.line import Line, Loop, Part, Station
from shopfloor.core.state import Card
from shopfloor.linefile import parse

LONG = """
[line]
id = "long"
name = "Längste Getriebelinie im Werk Ost mit sehr vielen Worten im Namen, Halle 7 Süd 2"
[[stations]]
id = "s1"
name = "Vorfertigung Drehzelle Nord 1"
[[stations]]
id = "s2"
name = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselbundhalterungsbohrer"
[[stations]]
id = "s3"
name = "检验 質量検査 Приёмка فحص"
[[parts]]
id = "A 123.456-789/0000000001"
description = "Getriebegehäuse-Oberteil, bearbeitet, mit Lagersitzen 62H7 und Dichtfläche nach Zeichnung 4711-0815"
unit = "Großbehälter"
[[loops]]
id = "aaaaaaaaaaaaaaaaaaaaaaaa"
part = "A 123.456-789/0000000001"
route = ["s1", "s2"]
consumer = "s3"
quantity = 9999999
cards = 1295
[[loops]]
id = "free"
part = "A 123.456-789/0000000001"
kind = "conwip"
route = ["s3", "s2"]
[[reasons]]
id = "a"
name = "Material fehlt seit langem und niemand weiß, warum das so ist und so auch bleibt"
deadline_s = 12345.5
scope = "line"
[[reasons]]
id = "b"
name = "Donaudampfschifffahrtsgesellschaftskapitän"
kind = "stop"
[[people]]
id = "x"
name = "Maximiliane-Alexandra von Hohenstein-Württemberg zu Oberschwaben"
badge = "BADGE"
""".replace("BADGE", "Ä→" + "漢字" * 31)


HOSTILE = (
    "^XZ^XA^IDR:*.*^FS",
    "~JR~JA",
    "_5EXZ_7EJA ^FH_",
    "a^FS\r\n^FD b",
    "\x02\x1b\x00\x7f bell\x07",
    "right\u202eleft \u200b\ufeff",
    "half \ud800 a character",
    "%PDF (\\) </text> &amp; {number}",
)


def hostile_line() -> Line:
    """Names that no line file lets through, but another program may have journaled: markup, control characters."""
    one, two, three = (" ".join(HOSTILE[index::3]) for index in range(3))
    return Line(
        id="x",
        name=one,
        stations=(Station(id="a", name=two), Station(id="b", name=three)),
        parts=(Part(id=one, description=two, unit=three),),
        loops=(Loop(id="l", part=one, route=("a",), consumer="b", cards=3),),
    )


def long_line() -> Line:
    """Every name as long as may be, in several scripts."""
    return parse(LONG)


def card(loop: str, number: int, *, print_version: int = 1) -> Card:
    """A card to print."""
    return Card(id=card_id(loop, number), loop=loop, number=number, print_version=print_version)

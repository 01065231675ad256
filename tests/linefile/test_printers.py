"""Printers, and the loops whose cards print themselves."""

import pytest

from shopfloor.core.line import CardFormat, CodeType, Printer, PrintOn
from shopfloor.linefile import describe, parse
from tests.linefile.good import GOOD, problems_of

PRINTERS = """
[[printers]]
id = "zebra"
target = "tcp://10.0.0.9:9100"
dpi = 300
code = "datamatrix"

[[printers]]
id = "files"
target = "folder"
format = "a6"
"""
LOOP = GOOD.replace('start = "empty"', 'start = "empty"\nprint_on = "withdrawn"\nprinter = "zebra"')
TEXT = LOOP + PRINTERS


def test_every_key_of_a_printer_arrives() -> None:
    line = parse(TEXT)
    assert line.printers == (
        Printer(id="zebra", target="tcp://10.0.0.9:9100", dpi=300, code=CodeType.DATA_MATRIX),
        Printer(id="files", target="folder", format=CardFormat.A6),
    )
    housing, cap = line.loops
    assert (housing.print_on, housing.printer) == (PrintOn.WITHDRAWN, "zebra")
    assert (cap.print_on, cap.printer) == (None, "")
    assert "printed at zebra when withdrawn" in describe(line)


def test_a_printer_that_says_no_more_prints_labels_with_qr_codes() -> None:
    (printer,) = parse(GOOD + '[[printers]]\nid = "p"\ntarget = "tcp://zebra"').printers
    assert (printer.dpi, printer.format, printer.code) == (203, CardFormat.LABEL, CodeType.QR)


@pytest.mark.parametrize(
    ("old", "new", "path", "problem", "remedy"),
    [
        ('printer = "zebra"', 'printer = "zebr"', "loops[0].printer", "printer 'zebr' is not in", "'zebra'"),
        ('printer = "zebra"', "", "loops[0].print_on", "nothing says where", "add printer"),
        ('print_on = "withdrawn"', "", "loops[0].printer", "nothing says when", "add print_on"),
        ('"withdrawn"', '"withdrawm"', "loops[0].print_on", "withdrawn, finished or issued", "withdrawn"),
        ('"tcp://10.0.0.9:9100"', '"10.0.0.9"', "printers[0].target", "'10.0.0.9' is no printer", "tcp://"),
        ("dpi = 300", "dpi = 301", "printers[0].dpi", "expected 203 or 300 dpi, got 301", "type plate"),
        ("dpi = 300", 'format = "a6"', "printers[0].format", "a label printer prints label-100x60, got a6", "remove"),
        ('id = "files"', 'id = "zebra"', "printers[1].id", "already printers[0]", "own id"),
        ("dpi = 300", "dots = 300", "printers[0].dots", "unknown key 'dots'", "known here"),
        ('target = "folder"\n', "", "printers[1].target", "is missing", "target = "),
    ],
)
def test_what_is_wrong_with_a_printer_is_named(old: str, new: str, path: str, problem: str, remedy: str) -> None:
    assert TEXT.count(old) == 1
    (found,) = problems_of(TEXT.replace(old, new))
    assert found.path == path
    assert problem in found.problem
    assert remedy in found.remedy
    assert found.line


def test_what_nobody_withdraws_is_not_printed_by_it() -> None:
    way = 'route = ["press", "deburr", "assembly"]'
    text = GOOD.replace(way, f'{way}\nprint_on = "withdrawn"\nprinter = "zebra"') + PRINTERS
    (found,) = problems_of(text)
    assert (found.path, found.problem.partition(",")[0]) == ("loops[1].print_on", "means nothing in a conwip loop")
    parse(text.replace("withdrawn", "finished"))


@pytest.mark.parametrize("target", ["tcp://zebra", "TCP://10.0.0.9:9100", "tcp://[fe80::1]:9100"])
def test_addresses_of_label_printers_are_taken(target: str) -> None:
    (printer,) = parse(GOOD + f'[[printers]]\nid = "p"\ntarget = "{target}"').printers
    assert printer.target == target


@pytest.mark.parametrize(
    "target", ["tcp://", "tcp://:9100", "tcp://host:99999", "tcp://host:0", "tcp://host:x", "tcp://host/queue"]
)
def test_an_address_the_sender_would_refuse_is_refused_in_the_line_file(target: str) -> None:
    assert problems_of(GOOD + f'[[printers]]\nid = "p"\ntarget = "{target}"')[0].path == "printers[0].target"

"""Printers and the loops that print there by themselves."""

from collections.abc import Iterator

from shopfloor.core.line import FOLDER, CardFormat
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table


def check_print(loop: Table, *, printers: list[str]) -> Iterator[Problem]:
    """When a loop prints and where belong together."""
    when, where = loop.text("print_on"), loop.text("printer")
    if where:
        yield from reference(loop.path("printer"), where, known=printers, what="printer", table="printers")
    if when is not None and not where:
        yield Problem(
            loop.path("print_on"), "says when to print, and nothing says where", 'add printer = "..." of [[printers]]'
        )
    if where and not loop.has("print_on"):
        yield Problem(
            loop.path("printer"),
            "says where to print, and nothing says when",
            'add print_on = "withdrawn", "finished" or "issued"',
        )


def check_printer(printer: Table) -> Iterator[Problem]:
    """A label printer prints labels."""
    paper = printer.text("format")
    target = (printer.text("target") or FOLDER).strip()
    if target != FOLDER and paper in set(CardFormat) - {CardFormat.LABEL}:
        yield Problem(
            printer.path("format"),
            f"a label printer prints {CardFormat.LABEL}, got {paper}",
            f'remove format, or write target = "{FOLDER}" for PDF files',
        )

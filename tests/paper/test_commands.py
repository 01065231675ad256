"""Command sheets and badges on paper: every code does what the words beside it say."""

from pathlib import Path

import pytest

from shopfloor.core.codes import BadgeScan, CommandScan, known_codes, parse
from shopfloor.linefile import demo_line, write_starter
from shopfloor.linefile import parse as parse_line
from shopfloor.paper.commands import badge_pages, command_pages, commands_pdf
from tests.paper.lines import LONG, long_line
from tests.paper.pages import codes, pixels, words

pytestmark = pytest.mark.usefixtures("qapp")


def test_every_command_of_the_line_is_printed_once_and_reads_back(tmp_path: Path) -> None:
    line, out = demo_line(), tmp_path / "commands.pdf"
    commands_pdf(line, out)
    known = known_codes(line)
    *sheets, badges = pixels(out)
    scans = [parse(text, known) for sheet in sheets for text in codes(sheet)]
    assert all(isinstance(scan, CommandScan) for scan in scans)
    assert sorted(scan.action for scan in scans if isinstance(scan, CommandScan)) == sorted(known.commands.values())
    assert {parse(text, known) for text in codes(badges)} == {BadgeScan(person.id) for person in line.people}


def test_the_sheet_says_in_words_what_each_code_does(tmp_path: Path) -> None:
    line, out = demo_line(), tmp_path / "commands.pdf"
    commands_pdf(line, out)
    text = words(out)
    for fact in ("Part missing", "Machine down", "Danger", "Stops the whole line at once.",
                 "Stops the whole segment at once.", "Undo", "Sign off",
                 "I take it", "I am here", "Cleared", "P-0001", *known_codes(line).commands):  # fmt: skip
        assert fact in text


def test_a_line_without_people_has_no_badges(tmp_path: Path) -> None:
    line, out = parse_line(write_starter()), tmp_path / "commands.pdf"
    commands_pdf(line, out)
    assert badge_pages(line) == []
    assert len(pixels(out)) == 1


def test_the_longest_names_and_badges_still_read(tmp_path: Path) -> None:
    line, out = long_line(), tmp_path / "commands.pdf"
    commands_pdf(line, out)
    known = known_codes(line)
    first, second = pixels(out, dpi=300)
    assert len(list(codes(first))) == len(known.commands)
    assert [parse(text, known) for text in codes(second)] == [BadgeScan("x")]


def test_thirty_reasons_fill_sheets_that_each_have_title_and_heading(tmp_path: Path) -> None:
    reasons = "".join(f'[[reasons]]\nid = "r{n}"\nname = "Reason {n}"\n' for n in range(30))
    line, out = parse_line(LONG + reasons), tmp_path / "commands.pdf"
    pages = command_pages(line)
    assert len(pages) == 3
    commands_pdf(line, out)
    known = known_codes(line)
    read = [text for sheet in pixels(out)[:3] for text in codes(sheet)]
    assert sorted(read) == sorted(known.commands)
    assert words(out).count("Commands") == 3


def test_ten_badges_fit_a_sheet() -> None:
    people = "".join(f'[[people]]\nid = "p{n}"\nname = "Person {n}"\nbadge = "B{n}"\n' for n in range(20))
    assert len(badge_pages(parse_line(LONG + people))) == 3

"""`shopfloor loop size`: what it prints, as text and as JSON, and its exit codes."""

import subprocess
import sys
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from shopfloor.cli.main import run
from shopfloor.flow.sizing.formulas import FORMULAS

DONE, FAILED, USAGE = 0, 1, 2
E1 = ("--demand", "2000/day", "--lead-time", "0.1d", "--container", "22", "--safety", "10%")
E19 = ("--demand", "2400/2h", "--lead-time", "40min", "--container", "120", "--safety", "10%")


def size(capfd: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    code = run(["loop", "size", *options])
    said = capfd.readouterr()
    return code, said.out, said.err


def size_json(capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    code, out, err = size(capfd, *options, "--json")
    assert (code, err) == (DONE, "")
    found = msgspec.json.decode(out)
    assert isinstance(found, dict)
    return found


def test_json_has_cards_exact_formula_and_terms(capfd: pytest.CaptureFixture[str]) -> None:
    found = size_json(capfd, "--formula", "toyota", *E1)
    assert (found["cards"], found["exact"], found["formula"], found["quantity"]) == (10, "10", "toyota", "22")
    assert found["terms"]["demand"] == {"value": "2000", "unit": "pcs/day", "words": "demand"}
    assert found["terms"]["lead_time"]["value"] == "1/10"
    assert {other["formula"]: other["cards"] for other in found["others"]}["sap"] == 11
    assert {change["change"]: change["difference"] for change in found["sensitivity"]}["lead time +1 day"] == "100"


def test_exact_is_a_fraction_as_text(capfd: pytest.CaptureFixture[str]) -> None:
    found = size_json(capfd, *E19)
    assert (found["cards"], found["exact"]) == (8, "22/3")
    assert Fraction(found["exact"]) == Fraction(22, 3)


def test_text_shows_terms_working_rule_changes_and_others(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = size(capfd, *E19)
    assert (code, err) == (DONE, "")
    for words in (
        "8 cards of 120.",
        "22/3 (about 7.333)",
        "Rounded up once",
        "1200 × 2/3 = 800",
        "lead time +1 h",
        "+11",
        "Oracle JD Edwards",
        "without --safety",
    ):
        assert words in out


def test_unlike_units_are_2_with_every_mistake_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = size(capfd, "--demand", "2400", "--lead-time", "40", "--container", "120")
    assert (code, out) == (USAGE, "")
    assert "--demand: expected" in err
    assert "--lead-time: expected" in err


def test_a_day_is_never_assumed(capfd: pytest.CaptureFixture[str]) -> None:
    mixed = ("--demand", "2000/day", "--lead-time", "75min", "--container", "22")
    code, _, err = size(capfd, *mixed)
    assert code == USAGE
    assert "--day 24h" in err
    assert size_json(capfd, *mixed, "--day", "24h")["exact"] == str(Fraction(2000 * 75, 1440 * 22))
    assert size_json(capfd, *mixed, "--day", "7.5h")["exact"] == str(Fraction(2000 * 75, 450 * 22))


def test_missing_inputs_and_an_unknown_formula_are_2(capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = size(capfd, "--formula", "ifs", "--container", "10")
    assert code == USAGE
    assert all(f"--{name}" in err for name in ("demand", "lead-time", "lot"))
    assert size(capfd, "--formula", "lean", *E1)[0] == USAGE
    assert size(capfd, "--formula", "toyota", "--nonsense", "1")[0] == USAGE


def test_inputs_without_an_answer_are_1(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = size(capfd, "--formula", "oracle", "--demand", "100/day", "--lead-time", "2d", "--cards", "1")
    assert (code, out) == (FAILED, "")
    assert "more than 1" in err


def test_a_ddmrp_buffer_says_what_to_order(capfd: pytest.CaptureFixture[str]) -> None:
    buffer = ("--formula", "ddmrp", "--demand", "4/day", "--lead-time", "10d")
    factors = ("--lead-time-factor", "0.5", "--variability", "0.5", "--on-hand", "200", "--due", "150")
    found = size_json(capfd, *buffer, *factors)
    assert found["terms"]["top_of_green"]["value"] == "90"
    assert (found["position"]["net_flow"], found["position"]["order"], found["position"]["planning"]) == (
        "50",
        "40",
        "yellow",
    )
    assert "55.56 %" in size(capfd, *buffer, *factors)[1]


def test_polca_cards_are_jobs(capfd: pytest.CaptureFixture[str]) -> None:
    times = ("--lead-time", "3d", "--next-lead-time", "1d", "--move-time", "0.25d", "--return-time", "0.25d")
    found = size_json(capfd, "--formula", "polca", "--demand", "128/63d", "--safety", "10%", *times)
    assert (found["cards"], found["quantity"]) == (11, None)
    assert (
        "11 cards of one job each."
        in size(capfd, "--formula", "polca", "--demand", "128/63d", "--safety", "10%", *times)[1]
    )


@pytest.mark.parametrize("arguments", [["loop", "formulas"], ["loop", "size", "--formula", "list"]])
def test_all_formulas_are_listed_with_their_options(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(arguments) == DONE
    out = capfd.readouterr().out
    for formula in FORMULAS.values():
        assert f"{formula.name}: {formula.whose}" in out
        assert formula.expression in out
    assert run([*arguments, "--json"]) == DONE
    listed = msgspec.json.decode(capfd.readouterr().out)
    assert [row["formula"] for row in listed] == list(FORMULAS)


def test_every_input_of_every_formula_has_an_option(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["loop", "size", "--help"]) == DONE
    text = capfd.readouterr().out
    for formula in FORMULAS.values():
        for name in formula.uses - {"rounding", "time"}:
            assert f"--{name.replace('_', '-')} TEXT" in text, name


def test_other_commands_start_without_it() -> None:
    """Neither the trunk nor a help page of a neighbour loads a formula."""
    program = (
        "import sys; from shopfloor.cli.main import run; run(['loop', '--help']); run(['line', '--help']); "
        "bad = [m for m in sys.modules if 'sizing' in m or m == 'statistics']; sys.exit(str(bad) if bad else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr

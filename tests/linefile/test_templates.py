"""Which paper the cards of which loops are printed on."""

import pytest

from shopfloor.core.line import CardFormat, CardTemplate, CodeType, LoopKind
from shopfloor.linefile import parse
from tests.linefile.good import GOOD, problems_of

TEMPLATES = """
[[templates]]
kind = "production"
loop = "housing"
station = "press"
format = "a6"
code = "datamatrix"

[[templates]]
format = "label-100x60"
"""


def test_every_key_of_a_template_arrives_and_the_order_is_kept() -> None:
    first, second = parse(GOOD + TEMPLATES).templates
    assert first == CardTemplate(
        kind=LoopKind.PRODUCTION, loop="housing", station="press", format=CardFormat.A6, code=CodeType.DATA_MATRIX
    )
    assert second == CardTemplate(format=CardFormat.LABEL, code=CodeType.QR)


def test_a_line_without_templates_has_none() -> None:
    assert parse(GOOD).templates == ()


@pytest.mark.parametrize(
    ("old", "new", "path", "problem"),
    [
        ('loop = "housing"', 'loop = "housin"', "templates[0].loop", "loop 'housin' is not in [[loops]]"),
        ('station = "press"', 'station = "pres"', "templates[0].station", "station 'pres' is not in [[stations]]"),
        ('format = "a6"', 'format = "a7"', "templates[0].format", "expected a4-10, a6 or label-100x60, got 'a7'"),
        ('"datamatrix"', '"data matrix"', "templates[0].code", "expected qr, datamatrix or code128"),
        ('kind = "production"', 'kind = "producton"', "templates[0].kind", "'producton'"),
        ('format = "a6"', 'paper = "a6"', "templates[0].paper", "unknown key 'paper'"),
    ],
)
def test_what_is_wrong_in_a_template_is_named(old: str, new: str, path: str, problem: str) -> None:
    assert TEMPLATES.count(old) == 1
    (found,) = problems_of(GOOD + TEMPLATES.replace(old, new))
    assert found.path == path
    assert problem in found.problem
    assert found.remedy

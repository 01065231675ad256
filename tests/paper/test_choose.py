"""Which cards go on which paper: the first template that fits, or what was asked for."""

import pytest
from msgspec.structs import replace

from shopfloor.core.line import CardFormat, CardTemplate, CodeType, Line, LoopKind
from shopfloor.linefile import demo_line
from shopfloor.paper.choose import batches, template_of
from tests.paper.lines import card

A6 = CardTemplate(format=CardFormat.A6, code=CodeType.DATA_MATRIX)


def with_templates(*templates: CardTemplate) -> Line:
    return replace(demo_line(), templates=templates)


def fitting(line: Line) -> set[str]:
    """The loops that the first template of a line fits."""
    return {loop.id for loop in line.loops if template_of(line, loop) is line.templates[0]}


@pytest.mark.parametrize(
    ("template", "loops"),
    [
        (A6, {"housing", "shaft", "gearbox", "shipping"}),
        (replace(A6, kind=LoopKind.CONWIP), {"shipping"}),
        (replace(A6, loop="shaft"), {"shaft"}),
        (replace(A6, station="wash"), {"housing", "shaft"}),
        (replace(A6, station="pack"), {"gearbox", "shipping"}),
        (replace(A6, station="pack", kind=LoopKind.PRODUCTION), {"gearbox"}),
        (replace(A6, loop="housing", station="pack"), set()),
    ],
)
def test_a_template_fits_by_kind_loop_and_any_station_of_the_loop(template: CardTemplate, loops: set[str]) -> None:
    assert fitting(with_templates(template)) == loops


def test_the_first_template_that_fits_wins() -> None:
    line = with_templates(replace(A6, loop="shaft"), CardTemplate(format=CardFormat.LABEL))
    assert [template_of(line, loop).format.value for loop in line.loops] == [
        "label-100x60", "a6", "label-100x60", "label-100x60",
    ]  # fmt: skip


def test_without_a_template_cards_are_ten_on_a4_with_qr() -> None:
    (batch,) = batches(demo_line(), [card("housing", 1), card("shipping", 1)])
    assert batch.paper is CardFormat.A4_10
    assert set(batch.codes.values()) == {CodeType.QR}


def test_cards_are_sorted_by_paper_and_keep_their_order() -> None:
    line = with_templates(replace(A6, loop="shaft"))
    cards = [card("shaft", 2), card("housing", 3), card("shaft", 1), card("housing", 1)]
    first, second = batches(line, cards)
    assert (first.paper, [one.id for one in first.cards]) == (CardFormat.A4_10, ["housing-03", "housing-01"])
    assert (second.paper, [one.id for one in second.cards]) == (CardFormat.A6, ["shaft-02", "shaft-01"])
    assert (second.codes["shaft"], second.codes["housing"]) == (CodeType.DATA_MATRIX, CodeType.QR)


def test_what_is_asked_for_goes_before_the_templates() -> None:
    line, cards = with_templates(A6), [card("housing", 1), card("shaft", 1)]
    (batch,) = batches(line, cards, paper=CardFormat.LABEL)
    assert (batch.paper, len(batch.cards)) == (CardFormat.LABEL, 2)
    assert set(batch.codes.values()) == {CodeType.DATA_MATRIX}, "the code is another question"
    (batch,) = batches(line, cards, code=CodeType.CODE_128)
    assert (batch.paper, set(batch.codes.values())) == (CardFormat.A6, {CodeType.CODE_128})


def test_a_card_of_a_loop_that_is_gone_is_left_out() -> None:
    assert batches(demo_line(), [card("gone", 1)]) == []

"""Languages: complete, the same fields, nothing left over."""

import pytest

from shopfloor.core.text import Text
from shopfloor.gui.lang import PSEUDO, Language, fields, languages, load_catalogue, pseudo
from tests.gui.texts import templates

SHIPPED = [name for name in languages() if name != "en"]


def test_german_is_shipped() -> None:
    assert "de" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_text_is_translated(name: str) -> None:
    catalogue = load_catalogue(name)
    assert {text: where for text, where in templates().items() if text not in catalogue} == {}


@pytest.mark.parametrize("name", SHIPPED)
def test_no_translation_is_left_over(name: str) -> None:
    assert set(load_catalogue(name)) - set(templates()) == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_translations_have_the_fields_of_their_texts(name: str) -> None:
    wrong = {text: said for text, said in load_catalogue(name).items() if fields(text) != fields(said)}
    assert wrong == {}


def test_the_search_finds_texts_of_the_rules_and_of_the_screens() -> None:
    found = templates()
    assert found["HELP"] == "gui/station/actions.py"
    assert found["{card}: already done"] == "core/words_refused.py"


def test_the_pseudo_language_is_forty_percent_longer_and_keeps_its_fields() -> None:
    text = "{card}: not started. {wip} of {limit} in process."
    said = pseudo(text)
    plain = len(text) - len("{card}{wip}{limit}")
    assert len(said) - len("{card}{wip}{limit}") == pytest.approx(plain * 1.4 + 2, abs=1)
    assert fields(said) == fields(text)
    assert "óó" in said


def test_a_name_is_not_translated() -> None:
    assert Language(PSEUDO).say(Text("{it}", {"it": "Press 1"})) == "Press 1"


def test_choosing_a_language_says_so_once(qtbot: object) -> None:
    language = Language()
    told: list[str] = []
    language.changed.connect(lambda: told.append(language.tr("HELP")))
    language.choose("de")
    language.choose("de")
    assert told == ["HILFE"]
    language.choose("xx")
    assert language.name == "en"


def test_a_text_without_a_translation_stays_english() -> None:
    assert Language("de").tr("no such text {n}", n=3) == "no such text 3"

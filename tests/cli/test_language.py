"""The languages of the command line are those that the screens have."""

from shopfloor.cli.output import LANGUAGES
from shopfloor.gui.lang import PSEUDO, languages


def test_every_language_of_the_screens_can_be_chosen_and_no_other() -> None:
    assert sorted((*languages(), PSEUDO)) == sorted(LANGUAGES)

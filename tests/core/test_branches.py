"""Where the line has another ending of a journal than is held: behind which event it is to be filled again."""

import pytest

from shopfloor.core.branches import ON_NO_BRANCH, Astray, strayed


@pytest.mark.parametrize(
    ("known", "kept", "then"),
    [
        (None, 83, Astray(9, 83)),
        (None, ON_NO_BRANCH, Astray(9)),
        (Astray(3), 83, Astray(3, 83)),
        (Astray(3, 83), ON_NO_BRANCH, Astray(3, 83)),
        (Astray(3, 83), 89, Astray(3, 83)),
        (Astray(3, 83), 40, Astray(3, 40)),
        (Astray(3, 83, until=7), 89, Astray(3, 89)),
        (Astray(3, 83, until=7), ON_NO_BRANCH, Astray(3)),
    ],
)
def test_where_one_branch_goes_off_another_the_line_lacks_what_is_behind_the_first(
    known: Astray | None, kept: int, then: Astray
) -> None:
    assert strayed(known, 9, kept) == then

"""What a watch saw, in words."""

import pytest

from shopfloor.core.words_watch import watch_words


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"what": "limit", "wip": 3, "limit": 3, "for_s": 300}, "3 of 3 for 5:00"),
        ({"what": "starved", "for_s": 250}, "no card for 4:10"),
        ({"what": "blocked", "card": "x-01", "for_s": 3_850}, "no place for 1:04:10"),
        (
            {"what": "red_loop", "loop": "x", "part": "GB-100", "full": 0, "red": 0, "for_s": 9},
            "GB-100: 0 full for 0:09",
        ),
        ({"what": "silent", "device": "gun-2", "condition": "lost", "for_s": 61}, "gun-2 is silent"),
        ({"what": "wrong_part", "count": 3, "within_s": 300}, "wrong parts: 3 in 5:00"),
        (
            {"what": "cycle", "rule": "under_way", "now_s": 96, "usual_s": 55, "percentile": "99", "shifts": 40},
            "slower than 99 of 100: 96 s, usually 55 s (1 false call in 40 shifts)",
        ),
        (
            {"what": "cycle", "rule": "under_way", "now_s": 96, "usual_s": 55, "percentile": "99", "calls": 7},
            "slower than 99 of 100: 96 s, usually 55 s (7 false calls a shift)",
        ),
        (
            {"what": "cycle", "rule": "run", "count": 5, "of": 9, "percent": 85, "usual_s": 55, "shifts": 20},
            "5 of the last 9 slower than 85 of 100, usually 55 s (1 false call in 20 shifts)",
        ),
        (
            {"what": "cycle", "rule": "run", "count": 5, "of": 9, "percent": 85, "usual_s": 55, "calls": 2},
            "5 of the last 9 slower than 85 of 100, usually 55 s (2 false calls a shift)",
        ),
        ({}, ""),
        ({"what": "of a later version"}, ""),
    ],
)
def test_a_watch_says_what_it_saw(args: dict[str, str | int], words: str) -> None:
    assert str(watch_words(args)) == words

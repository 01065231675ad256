"""Events recorded again under another name name that one, where they meant their own journal, and nothing else."""

import msgspec
import pytest

from shopfloor.core.anew import renamed
from shopfloor.core.codec import encode_event
from shopfloor.core.credits import held, spent
from shopfloor.core.events import (
    CallAcknowledged,
    CardLost,
    Event,
    LineChanged,
    Recorded,
    ScanRefused,
    StepUndone,
    TerminalStarted,
    Unknown,
)
from shopfloor.core.events_andon import CallReopened
from shopfloor.core.events_line import BegunAnew, CreditsAsked, CreditsGiven, FindingSettled
from shopfloor.core.evolve import apply
from shopfloor.core.line_link import NewName
from shopfloor.core.merge import local_number
from shopfloor.core.moment import Moment
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.state_line import Credit
from tests.helpers.routes import long_line

OLD, NEW = "press~0a", "press~0b"
NAME = NewName(before=OLD, after=NEW, kept=50)
SIGNAL = {"station": "press", "device": "touch"}


def recorded(event: Event | Unknown, n: int = 57, origin: str = OLD) -> Recorded:
    return Recorded(origin=origin, n=n, moment=Moment(n), mono_ns=n, boot="b", event=event, command_id="c")


def again(event: Event | Unknown, n: int = 57) -> Event | Unknown:
    """The event as it is recorded again."""
    found, body = renamed(recorded(event, n), encode_event(event)[2], NAME)
    assert (found.origin, found.n, found.moment, found.command_id) == (NEW, n - 50, Moment(n), "c")
    assert encode_event(found.event)[2] == body
    return found.event


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (CallAcknowledged(**SIGNAL, call=f"{OLD}-56"), CallAcknowledged(**SIGNAL, call=f"{NEW}-6")),
        (CallAcknowledged(**SIGNAL, call=f"{OLD}-50"), CallAcknowledged(**SIGNAL, call=f"{OLD}-50")),
        (CallAcknowledged(**SIGNAL, call="wash~0a-56"), CallAcknowledged(**SIGNAL, call="wash~0a-56")),
        (CallAcknowledged(**SIGNAL, call=f"em{OLD}-56"), CallAcknowledged(**SIGNAL, call=f"em{OLD}-56")),
        (
            CallReopened(**SIGNAL, reopens=f"{OLD}-51", reason="r"),
            CallReopened(**SIGNAL, reopens=f"{NEW}-1", reason="r"),
        ),
        (FindingSettled(**SIGNAL, finding=f"call:{OLD}-56"), FindingSettled(**SIGNAL, finding=f"call:{NEW}-6")),
        (
            ScanRefused(**SIGNAL, rule="stopped", args={"call": f"{OLD}-56"}),
            ScanRefused(**SIGNAL, rule="stopped", args={"call": f"{NEW}-6"}),
        ),
        (CreditsAsked(origin=OLD), CreditsAsked(origin=NEW)),
        (CreditsGiven(giver=OLD, to="wash~0a", count=2), CreditsGiven(giver=NEW, to="wash~0a", count=2)),
        (BegunAnew(terminal="press", before="press~09"), BegunAnew(terminal="press", before="press~09")),
        (LineChanged(line=long_line()), LineChanged(line=long_line())),
        (CardLost(**SIGNAL, card="housing-07"), CardLost(**SIGNAL, card="housing-07")),
    ],
)
def test_what_names_the_own_journal_follows_it(event: Event, expected: Event) -> None:
    assert again(event) == expected


def test_a_newer_program_s_event_keeps_what_it_says_and_the_call_it_is_about() -> None:
    event = Unknown(of_kind="call_sung", of_version=3, body=b'{"call":"press~0a-51","pitch":[1, 2]}')
    assert again(event) == Unknown(of_kind="call_sung", of_version=3, body=b'{"call":"press~0b-1","pitch":[1, 2]}')


def test_a_body_with_more_than_this_program_knows_is_kept_byte_for_byte() -> None:
    body = b'{"station": "press", "card": "housing-07", "mood": "fine"}'
    event = msgspec.json.decode(body, type=CardLost)
    assert renamed(recorded(event), body, NAME)[1] == body


@pytest.mark.parametrize(
    ("undone", "of", "expected"),
    [(56, "", (6, "")), (50, "", (50, OLD)), (3, "press~09", (3, "press~09"))],
)
def test_an_undo_finds_its_step_on_either_side_of_the_copy(undone: int, of: str, expected: tuple[int, str]) -> None:
    card = Card(id="housing-07", loop="housing", number=7, n=53, origin=OLD)
    event = again(StepUndone(**SIGNAL, card=card.id, undone=undone, what="started", restored=card, of=of))
    assert isinstance(event, StepUndone)
    assert (event.undone, event.of) == expected
    assert (event.restored.n, event.restored.origin) == (3, NEW)


def test_a_figure_that_is_taken_back_is_found_under_the_number_it_has_in_each_journal() -> None:
    card = Card(id="housing-07", loop="housing", number=7)
    undo = StepUndone(**SIGNAL, card=card.id, undone=50, what="finished", restored=card, of=OLD)
    own, other = recorded(undo, 1, NEW), recorded(CardLost(**SIGNAL, card=card.id), 50)
    for here in (NEW, "wash~0a"):
        taken_back = local_number(own, here).event
        assert isinstance(taken_back, StepUndone)
        assert taken_back.undone == local_number(other, here).n


def test_the_places_it_has_of_the_line_s_limit_come_along() -> None:
    shop = Shop(long_line())
    apply(shop, recorded(TerminalStarted(terminal="press", stations=("saw",)), 1))
    shop.put([Credit(origin=OLD, moved=3), Credit(origin="wash~0a", moved=-3)])
    shop.put([Card(id="long-01", loop="long", number=1, state=CardState.QUEUED, step=2, spender=OLD)])
    before = held(shop, OLD), spent(shop, OLD)
    apply(shop, recorded(BegunAnew(terminal="press", before=OLD, kept=1), 1, NEW))
    assert (held(shop, NEW), spent(shop, NEW)) == before
    assert (held(shop, OLD), spent(shop, OLD)) == (0, 0)
    assert shop.posts["saw"].origin == NEW

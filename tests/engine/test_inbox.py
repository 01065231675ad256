"""What waits for the engine: bounded, in order, and calls before scans."""

import threading

from shopfloor.core import commands as c
from shopfloor.core.moment import Now
from shopfloor.engine.inbox import INBOX_MAX, URGENT_MAX, Inbox, Item

NOW = Now(1, 1, "boot")


def scan(text: str) -> Item:
    """A scan that waits."""
    return Item(command=c.ReadSignal(station="saw", device="gun", text=text), now=NOW)


def texts(inbox: Inbox) -> list[str]:
    """Everything that waits, read in its order."""
    found = []
    while (item := inbox.get(0)) is not None:
        found.append(getattr(item.command, "text", type(item.command).__name__))
    return found


def test_scans_are_read_in_the_order_they_came() -> None:
    inbox = Inbox()
    for text in "abc":
        assert inbox.put(scan(text))
    assert texts(inbox) == ["a", "b", "c"]


def test_calls_and_stops_by_touch_overtake_scans_and_stay_in_order() -> None:
    inbox = Inbox()
    inbox.put(scan("a"))
    inbox.put(Item(command=c.RaiseCall(station="saw"), now=NOW))
    inbox.put(Item(command=c.StopCall(station="saw", call="1"), now=NOW))
    inbox.put(Item(command=c.ClearCall(station="saw"), now=NOW))
    assert texts(inbox) == ["RaiseCall", "StopCall", "a", "ClearCall"]


def test_a_full_inbox_takes_no_signal_but_the_jobs_of_the_program() -> None:
    inbox = Inbox(limit=2)
    assert inbox.put(scan("a"))
    assert inbox.put(scan("b"))
    assert not inbox.put(scan("c"))
    assert inbox.put(Item(job=lambda: None))
    inbox.get(0)
    inbox.get(0)
    assert inbox.put(scan("d"))
    assert INBOX_MAX >= 100


def test_a_closed_inbox_gives_what_waits_and_takes_nothing() -> None:
    inbox = Inbox()
    inbox.put(scan("a"))
    inbox.close()
    assert not inbox.put(scan("b"))
    assert not inbox.put(Item(job=lambda: None))
    assert not inbox.ended
    assert texts(inbox) == ["a"]
    assert inbox.ended


def test_a_reader_that_waits_gets_what_comes() -> None:
    inbox = Inbox()
    found: list[Item | None] = []
    reader = threading.Thread(target=lambda: found.append(inbox.get(30)))
    reader.start()
    inbox.put(scan("a"))
    reader.join(30)
    assert [item.command for item in found if item] == [scan("a").command]


def test_closing_wakes_a_reader_that_waits() -> None:
    inbox = Inbox()
    found: list[Item | None] = []
    reader = threading.Thread(target=lambda: found.append(inbox.get(30)))
    reader.start()
    inbox.close()
    reader.join(30)
    assert found == [None]


def test_a_stop_has_a_place_in_an_inbox_full_of_scans() -> None:
    inbox = Inbox(limit=2)
    assert [inbox.put(scan("a")) for _ in range(3)] == [True, True, False]
    stop = Item(command=c.RaiseCall(station="saw"), now=NOW)
    assert [inbox.put(stop) for _ in range(URGENT_MAX + 1)] == [True] * URGENT_MAX + [False]
    assert inbox.get(0) == stop

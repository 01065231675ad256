"""Which server of a line is tried first."""

from shopfloor.link.hosts import Hosts


def test_the_one_that_answered_last_is_first_and_the_others_keep_their_order() -> None:
    hosts = Hosts(("a", "b", "c"))
    assert hosts.order == ("a", "b", "c")
    hosts.answered("c")
    assert hosts.order == ("c", "a", "b")


def test_one_that_let_us_in_and_never_answered_is_last() -> None:
    hosts = Hosts(("a", "b", "c"))
    hosts.answered("b")
    hosts.doubted("b")
    assert hosts.order == ("a", "c", "b")

"""Programs of several versions on one line: named, and kept from writing what the others would misread."""

import pytest

from shopfloor.core.line_link import LinkState, Ruling
from shopfloor.link.trouble import Denied
from shopfloor.link.versions import LINE_MAJOR, WORD, major_of, refuse_other, unlike_words
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_crew import Crew

NEWER = LINE_MAJOR + 1


@pytest.mark.parametrize(
    ("metadata", "major"), [({}, 1), ({WORD: "3", "_nats.level": "1"}, 3), ({WORD: "x"}, 0), ({WORD: ""}, 0)]
)
def test_a_line_says_its_version_or_is_of_the_first(metadata: dict[str, str], major: int) -> None:
    assert major_of(metadata) == major


def test_who_may_not_write_is_told_what_to_install_where() -> None:
    assert refuse_other(1, 1) is None
    older, newer = refuse_other(2, 1), refuse_other(1, 2)
    assert older is not None
    assert newer is not None
    assert ("version 2" in older.what, "here" in older.remedy) == (True, True)
    assert ("version 1" in newer.what, "every terminal" in newer.remedy) == (True, True)


def test_other_programs_are_named_and_the_same_one_is_not() -> None:
    found = unlike_words([("press", "0.3"), ("wash", "0.4")], "0.4")
    assert found == "press runs 0.3, this one 0.4: unknown entries are kept and passed on."
    assert unlike_words([("wash", "0.4")], "0.4") == ""


def test_a_newer_program_reads_an_older_line_and_sends_when_the_line_is_of_its_version(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.major["t2"] = NEWER
        crew.start()
        crew.record("t1", 3)
        crew.record("t2", 2)
        await crew.until(lambda: len(crew.replicas["t2"].others.get("t1~01", ())) == 3)
        view = crew.sessions["t2"].status.view()
        assert (view.state, bool(view.remedy), view.acked) == (LinkState.OTHER_MAJOR, True, 0)
        assert (await crew.sessions["t2"].decide("card.x", b"t2", expected_seq=0)).ruling is Ruling.UNLINKED
        assert not crew.replicas["t1"].others
        assert [other.terminal for other in crew.sessions["t1"].status.view().others] == ["t2"], "its heart beats"
        soft.server.major = NEWER
        await crew.until(lambda: crew.state("t2") is LinkState.UP and crew.sessions["t2"].status.acked == 2)
        await crew.until(lambda: crew.state("t1") is LinkState.OTHER_MAJOR)
        crew.record("t1", 1)
        crew.record("t2", 1)
        await crew.until(lambda: len(crew.replicas["t1"].others.get("t2~02", ())) == 3)
        assert len(crew.replicas["t2"].others["t1~01"]) == 3, "the older program works on and sends nothing"
        await crew.stop()

    soft.run(body())


def test_a_wiped_line_is_still_of_its_version(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.major["t2"] = NEWER
        crew.start()
        crew.record("t1", 3)
        crew.record("t2", 2)
        await crew.until(lambda: len(crew.replicas["t2"].others.get("t1~01", ())) == 3)
        soft.wipe()
        await crew.until(lambda: crew.sessions["t1"].status.acked == 3 and crew.sessions["t2"].status.applied > 0)
        assert crew.state("t2") is LinkState.OTHER_MAJOR
        assert not crew.replicas["t1"].others
        await crew.stop()

    soft.run(body())


def test_a_full_disk_here_does_not_make_a_terminal_of_another_version_write(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.major["t2"] = NEWER
        crew.start()
        status = crew.sessions["t2"].status
        await crew.until(lambda: crew.state("t2") is LinkState.OTHER_MAJOR)
        barred = status.view()
        status.hold("x", Denied("The disk is full.", remedy=""))
        status.release("x")
        assert (status.view().state, status.view().detail) == (barred.state, barred.detail)
        await crew.stop()

    soft.run(body())

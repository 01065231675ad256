"""The link's session: what one terminal records all hold, once and in one order, whatever befell line and terminals."""

import asyncio

import msgspec

from shopfloor.core.line_link import LinkState, Ruling
from shopfloor.link.hearsay import LISTEN_S
from shopfloor.link.inbox import DELIVERY_EVENTS
from shopfloor.link.log import REPLY_S_MAX
from shopfloor.link.session import PAUSE_S_MAX
from shopfloor.trouble import StoreTrouble
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_crew import Crew

LOST_S_MAX = 4.0


def test_all_terminals_hold_what_each_recorded(bench: Bench) -> None:
    crew = Crew(bench, 3)

    async def body() -> None:
        crew.record("t1", 5)  # before there was a link
        crew.start()
        await crew.converged()
        crew.record("t2", 3)
        crew.record("t3", 700)
        await crew.converged()
        # An event may be read back before the answer to its sending has come.
        await crew.until(lambda: crew.sessions["t3"].status.view().acked == 700)
        view = crew.sessions["t3"].status.view()
        assert (view.state, view.head, view.behind) == (LinkState.UP, 700, 0)

    crew.run(body())


def test_a_terminal_that_was_long_away_catches_up_in_a_few_deliveries(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        for _ in range(20):
            crew.record("t1", 130)
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.acked == 2600)
        crew.start("t2")
        await crew.until(lambda: len(crew.replicas["t2"].others.get("t1~01", ())) == 2600)
        assert 2600 / (DELIVERY_EVENTS + 256) <= crew.replicas["t2"].deliveries <= 2600 // 256
        states = {view.state for view in crew.views["t2"]}
        assert states <= {LinkState.CONNECTING, LinkState.UP}

    crew.run(body())


def test_a_wiped_line_is_filled_again_by_its_terminals(bench: Bench) -> None:
    crew = Crew(bench, 3)

    async def body() -> None:
        crew.start()
        for name in crew.replicas:
            crew.record(name, 20)
        await crew.converged()
        bench.wipe()
        crew.record("t1", 2)
        await crew.until(lambda: crew.sessions["t1"].status.acked == 22)
        await crew.converged()

    crew.run(body())


def test_a_line_put_back_to_an_old_copy_gets_its_tail_again(bench: Bench) -> None:
    crew = Crew(bench, 3)

    async def body() -> None:
        crew.start()
        for name in crew.replicas:
            crew.record(name, 10)
        await crew.converged()
        copy = bench.copy()
        for name in crew.replicas:
            crew.record(name, 10)
        await crew.converged()
        bench.restore(copy)
        crew.record("t2", 1)
        await crew.converged()

    crew.run(body())


def test_a_line_that_is_gone_is_told_as_lost_and_found_again(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        crew.start()
        await crew.until(lambda: all(crew.state(name) is LinkState.UP for name in crew.replicas))
        bench.end()
        await crew.until(lambda: all(crew.state(name) is LinkState.LOST for name in crew.replicas), within_s=LOST_S_MAX)
        crew.record("t1", 3)
        bench.start()
        await crew.converged()
        assert crew.state("t1") is LinkState.UP

    crew.run(body())


def test_the_heartbeat_tells_the_others_how_a_terminal_is_and_what_o_clock_the_line_has(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        crew.record("t1", 4)
        crew.start()
        await crew.converged()
        await crew.until(lambda: any(it.n == 4 and it.applied for it in crew.sessions["t2"].status.view().others))
        (seen,) = crew.sessions["t2"].status.view().others
        assert (seen.terminal, seen.origin, seen.hash) == ("t1", "t1~01", crew.replicas["t1"].head()[1])
        discipline = crew.sessions["t1"].status.discipline
        assert discipline is not None
        now = bench.clock().now()
        read = discipline.read(now)
        assert read is not None
        assert abs(read[0] - now.at_us) <= read[1] + 1000

    crew.run(body())


def test_one_of_several_racers_is_given_the_permission(bench: Bench) -> None:
    crew = Crew(bench, 4)

    async def body() -> None:
        crew.start()
        await crew.until(lambda: all(crew.state(name) is LinkState.UP for name in crew.replicas))
        asked = [s.decide("credit.housing", name.encode(), expected_seq=0) for name, s in crew.sessions.items()]
        got = await asyncio.gather(*asked)
        assert sorted(one.ruling for one in got) == [Ruling.LOST] * 3 + [Ruling.WON]
        winner = next(name for name, one in zip(crew.sessions, got, strict=True) if one.ruling is Ruling.WON)
        again = await crew.sessions[winner].decide("credit.housing", winner.encode(), expected_seq=0)
        assert again.ruling is Ruling.WON, "who asks again after a lost answer has won all the same"

    crew.run(body())


def test_a_full_disk_holds_the_inbox_up_and_nothing_is_left_out(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        crew.replicas["t2"].full = StoreTrouble("The disk is full.", remedy="Free space.")
        crew.record("t1", 3)
        await crew.until(lambda: crew.state("t2") is LinkState.TROUBLE)
        crew.replicas["t2"].full = None
        await crew.converged()
        await crew.until(lambda: crew.state("t2") is LinkState.UP)

    crew.run(body())


def test_an_answer_that_was_lost_does_not_stop_the_outbox(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        await crew.until(lambda: all(crew.state(name) is LinkState.UP for name in crew.replicas))
        await asyncio.sleep(0.5)  # between two heartbeats: their answers are not the one that is lost
        crew.record("t1", 1)
        await asyncio.sleep(0.0001)
        soft.net.lose_answers = 1
        await crew.until(lambda: soft.net.lose_answers == 0)
        crew.record("t1", 1)
        await crew.converged(within_s=REPLY_S_MAX + 1)
        assert [view.state for view in crew.views["t1"] if view.state is LinkState.LOST] == []

    crew.run(body())


def test_a_line_that_was_made_anew_behind_an_open_connection_is_noticed(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        crew.record("t1", 3)
        await crew.converged()
        soft.server.create()
        await asyncio.sleep(3 + LISTEN_S)
        assert len(soft.server.messages()) == 1
        await crew.converged()

    crew.run(body())


def test_a_quiet_line_is_asked_once_a_second_and_not_read_over_and_over(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        crew.start()
        crew.record("t1", 3)
        await crew.converged()
        asked = soft.net.asked
        await asyncio.sleep(20)
        assert soft.net.asked - asked <= 21

    crew.run(body())


def test_without_a_right_to_send_it_says_so_and_reads_on(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        soft.net.denied.add("t1")
        crew.start()
        crew.record("t1", 1)
        crew.record("t2", 1)
        await crew.until(lambda: crew.state("t1") is LinkState.DENIED)
        await crew.until(lambda: "t2~02" in crew.replicas["t1"].others)

    crew.run(body())


def test_a_cable_that_was_out_is_noticed_within_the_limit_however_often(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        crew.start()
        loop = asyncio.get_running_loop()
        for turn in range(100):
            await crew.until(lambda: crew.state("t1") is LinkState.UP)
            await asyncio.sleep(turn * 0.037 % 1)
            soft.net.cut.add("t1")
            cut_s = loop.time()
            await crew.until(lambda: crew.state("t1") is LinkState.LOST)
            assert loop.time() - cut_s <= LOST_S_MAX
            soft.net.cut.clear()

    crew.run(body())


def test_a_server_whose_disk_is_full_is_told_kept_to_and_sent_to_when_there_is_room(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        crew.record("t1", 2)
        await crew.converged()
        soft.server.is_full = True
        crew.record("t1", 3)
        crew.replicas["t2"].full = StoreTrouble("The disk is full.", remedy="Free space.")
        await crew.until(lambda: crew.state("t1") is LinkState.TROUBLE)
        assert "room" in crew.sessions["t1"].status.view().remedy
        crew.views["t1"].clear()
        await asyncio.sleep(30)
        assert {view.state for view in crew.views["t1"]} == {LinkState.TROUBLE}, "the connection is kept"
        soft.server.is_full, crew.replicas["t2"].full = False, None
        await crew.converged()
        await crew.until(lambda: crew.state("t1") is LinkState.UP)

    crew.run(body())


def test_a_store_that_contradicts_itself_is_asked_once_a_second(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        crew.start()
        crew.record("t1")
        await crew.until(lambda: crew.sessions["t1"].status.acked == 1)
        soft.server.is_confused = True
        crew.record("t1")
        await crew.until(lambda: crew.state("t1") is LinkState.TROUBLE)
        before = soft.net.asked
        await asyncio.sleep(30)
        assert soft.net.asked - before <= 30 * 3 + 10, "a heartbeat, a message and a look a second"
        soft.server.is_confused = False
        await crew.until(lambda: crew.sessions["t1"].status.acked == 2 and crew.state("t1") is LinkState.UP)

    crew.run(body())


def test_a_line_that_cannot_be_read_is_not_connected_to_over_and_over(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        newer = msgspec.msgpack.encode([2, "t9~09", 1, 1, b"", ["as a newer program writes it"]])
        soft.server.append(soft.server.names.events("t9~09"), newer, 0, "x")
        crew.start()
        await crew.until(lambda: crew.state("t1") is LinkState.TROUBLE)
        await asyncio.sleep(10)
        before = soft.net.asked
        await asyncio.sleep(60)
        assert soft.net.asked - before <= 60 / PAUSE_S_MAX * 8, "some questions every two seconds"

    crew.run(body())

"""One event of each kind with every field filled: what the golden files hold for ever.

Run as a module it writes the files that are missing. It never touches one that is there: a released one is a promise.
"""

from pathlib import Path

from shopfloor.core import events as e
from shopfloor.core import events_andon as a
from shopfloor.core import events_loop as x
from shopfloor.core.codec import encode_event
from shopfloor.core.events_floor import Covered, FloorSet
from shopfloor.core.events_line import BegunAnew, CreditsAsked, CreditsGiven, FindingSettled, Permitted, StationsTaken
from shopfloor.core.line import CallKind, Role, Scope
from shopfloor.core.line_andon import Severity
from shopfloor.core.moment import Now
from shopfloor.core.state import Card, CardState
from shopfloor.core.state_andon import Effort
from shopfloor.core.state_call import CallSource
from tests.helpers.line_example import LINE

GOLDEN = Path(__file__).parents[1] / "golden" / "events"

AT_US = 1_767_600_000_000_000
SIGNAL = {"station": "press", "device": "gun-1", "code": "K7F3A0711QX", "by": "ana"}

CARD = Card(
    id="housing-07",
    loop="housing",
    number=7,
    state=CardState.IN_PROCESS,
    step=1,
    since_us=AT_US,
    cycle=3,
    print_version=2,
    emptied_us=AT_US - 9_000_000,
    released_us=AT_US - 5_000_000,
    started=Now(AT_US, 42, "3f0c9a1e"),
    queued_us=AT_US - 4_000_000,
    finished_us=(AT_US - 4_500_000,),
    done_what="start",
    done_station="press",
    done_us=AT_US,
    done_by="gun-1",
    made_by="deburr",
    blocked_us=AT_US,
    again_us=AT_US,
    over_limit=True,
    held_from=CardState.QUEUED,
    note="scratched",
    n=41,
    origin="press~1",
    pieces=17,
    lot="L-2207",
    serials=("S1", "S2"),
    acked_us=AT_US,
    acked_by="ana",
    asked=Now(AT_US, 42, "3f0c9a1e"),
    late=True,
    express=True,
    lives=1,
    extra=True,
    stale_print=True,
    unsure_us=250_000,
    spender="press~1",
)

ARGS: dict[str, str | int] = {"limit": 3, "cards": "housing-07, housing-11"}
INFERRED = (e.Inferred(what="finish", station="press", step=1), e.Inferred(what="start", station="deburr", step=2))

EXAMPLES: tuple[e.Event, ...] = (
    e.TerminalStarted(terminal="press-1", program="1.0.0", stations=("press", "deburr")),
    e.TerminalStopped(terminal="press-1"),
    e.LineChanged(line=LINE, epoch=2),
    e.CardCirculated(card="housing-07", loop="housing", number=7, state=CardState.FULL, lives=1, extra=True),
    e.CardWithdrawn(**SIGNAL, card="housing-07", inferred=INFERRED, into=CardState.WAITING),
    e.CardStarted(
        station="press",
        device="gun-1",
        code="K7F3A0711QX",
        by="ana",
        card="housing-07",
        step=1,
        inferred=INFERRED,
        over=("wip_limit",),
        override_by="ana",
        override_reason="rush order",
    ),
    e.CardFinished(
        station="press",
        device="gun-1",
        code="K7F3A0711QX",
        by="ana",
        card="housing-07",
        step=1,
        into=CardState.QUEUED,
        implausible=True,
        over=("lane_full",),
        override_by="ana",
        override_reason="rush order",
        inferred=INFERRED,
        one_scan=True,
    ),
    e.StepUndone(
        **SIGNAL, card="housing-07", undone=41, what="start", restored=CARD, reason="wrong card", of="press~1"
    ),
    e.CardHeld(**SIGNAL, card="housing-07", reason="quality"),
    e.CardReleased(**SIGNAL, card="housing-07"),
    e.CardLost(**SIGNAL, card="housing-07"),
    e.CardFound(**SIGNAL, card="housing-07", state=CardState.EMPTY),
    e.CardRetired(card="housing-07", reason="fewer cards in the line file"),
    x.PiecesWithdrawn(**SIGNAL, card="housing-07", pieces=3, left=0, into=CardState.WAITING),
    x.CardOpened(**SIGNAL, card="housing-07", inferred=INFERRED),
    x.CardReceived(**SIGNAL, card="housing-07", inferred=INFERRED),
    x.CardAcknowledged(**SIGNAL, card="housing-07"),
    x.ResponseLate(card="housing-07", since_us=AT_US),
    x.LotReleased(**SIGNAL, loop="housing", cards=("housing-07", "housing-08")),
    x.CardsIssued(**SIGNAL, loop="housing", cards=("housing-09",), reason="start of a new model"),
    x.CardReprinted(**SIGNAL, card="housing-07", print_version=2),
    x.CardExpressed(**SIGNAL, card="housing-07", on=True),
    x.ContentsNoted(**SIGNAL, card="housing-07", quantity=17, lot="L-2207", serials=("S1", "S2")),
    x.CodeTaught(**SIGNAL, text="OLD 4711", card="housing-07"),
    x.ChangePlanned(
        **SIGNAL, loop="housing", cards=8, quantity=25, day="2026-03-01", from_us=AT_US, was_cards=6, was_quantity=20
    ),
    x.ChangeApplied(loop="housing"),
    x.ChangeDropped(**SIGNAL, loop="housing", reason="line file"),
    e.ScanRefused(**SIGNAL, rule="wip_limit", card="housing-07", args=ARGS),
    e.ScanRepeated(**SIGNAL, card="housing-07", asked=True, args=ARGS),
    e.ScanUnread(**SIGNAL, why="no_read"),
    e.ShelfRead(**SIGNAL, loop="housing", states={"full": 3, "empty": 2, "in_process": 1}),
    e.CallRaised(
        **SIGNAL,
        reason="material",
        call_kind=CallKind.HELP,
        scope=Scope.LINE,
        deadline_s=60,
        severity=Severity.HIGH,
        source=CallSource.CONTACT,
        latched=True,
        args=ARGS,
    ),
    e.CallAcknowledged(**SIGNAL, call="17"),
    e.CallArrived(**SIGNAL, call="17", person="ana"),
    e.CallStopped(**SIGNAL, call="17", since_us=AT_US, chosen=True),
    e.CallCleared(**SIGNAL, call="17", restart_s=5, asks=True),
    e.CallRejected(**SIGNAL, call="17", reason="pressed by mistake", restart_s=5),
    e.RestartEnded(station="press"),
    a.CallNamed(
        **SIGNAL,
        call="17",
        reason="material",
        scope=Scope.LINE,
        deadline_s=60,
        severity=Severity.HIGH,
        latched=True,
    ),
    a.CallRose(**SIGNAL, call="17", severity=Severity.HIGH),
    a.CallVaried(**SIGNAL, call="17", severity=Severity.LOW),
    a.CallReturned(**SIGNAL, call="17", closes=True),
    a.CallAgain(**SIGNAL, call="17", severity=Severity.MEDIUM),
    a.CallEscalated(
        station="press", call="17", timer="not_taken", level=2, roles=(Role.MAINTENANCE, Role.PLANNER), since_us=AT_US
    ),
    a.CallClosed(
        **SIGNAL, call="17", cause="empty-rack", note="the tugger was late", shares={"empty-rack": 70, "worn": 30}
    ),
    a.CallVerified(**SIGNAL, call="17", person="max", closes=True),
    a.CallReopened(**SIGNAL, reopens="17", reason="material", why="it leaks again"),
    a.CallShelved(**SIGNAL, reason="material", for_s=900, one_shot=True, why="part on its way"),
    a.CallUnshelved(**SIGNAL, reason="material"),
    a.TakenOutOfService(**SIGNAL, reason="material", why="sensor is being changed"),
    a.ReturnedToService(**SIGNAL, reason="material"),
    a.ContactChanged(**SIGNAL, input="cord", active=True),
    a.Advised(station="press", reason="rule-starved", args=ARGS),
    a.AdviceEnded(station="press", reason="rule-starved"),
    a.ProblemOpened(**SIGNAL, problem="press/material", reason="material", times=3, again=True),
    a.WhysAnswered(**SIGNAL, problem="press/material", whys=("rack was empty", "no card was scanned")),
    a.CountermeasureSet(
        **SIGNAL,
        problem="press/material",
        number=2,
        what="a second bin",
        owner="ana",
        due_day="2026-03-01",
        effort=Effort.MEDIUM,
    ),
    a.CountermeasureFinished(**SIGNAL, problem="press/material", number=2),
    a.ProblemClosed(**SIGNAL, problem="press/material"),
    FindingSettled(**SIGNAL, finding="card:housing-07"),
    CreditsAsked(origin="press~1"),
    CreditsGiven(giver="press~1", to="wash~2", count=2),
    BegunAnew(terminal="press", before="press~1", kept=50, again=3, first="9f86d081"),
    FloorSet(number=3, before="press~1:41", us=AT_US, covers=(Covered("press~1", 40, "0f" * 32),), hash="a7" * 32),
    a.LampTested(**SIGNAL, lamp="tower", ok=True, detail="read back"),
    e.SignedOn(**SIGNAL, person="ana"),
    e.SignedOff(**SIGNAL, person="ana"),
    e.OverrideGranted(**SIGNAL, reason="rush order"),
    Permitted(thing="restart.press~1-7", epoch=2),
    StationsTaken(
        **SIGNAL,
        stations=("wash", "paint"),
        terminal="press",
        origin="press~1",
        from_terminal="wash",
        from_origin="wash~1",
        epoch=3,
        reason="its computer is dead",
        left=2,
        over=("line_limit", "wip_limit"),
        cards=("housing-07",),
    ),
    e.ClockStepped(step_ms=-1_728_000_000, events=12),
)


def golden_path(kind: str, version: int) -> Path:
    """Where the bytes of a kind and version are kept."""
    return GOLDEN / f"{kind}-{version}.json"


def write_missing() -> list[Path]:
    """Write the golden files of events that have none; which ones."""
    written = []
    for event in EXAMPLES:
        kind, version, body = encode_event(event)
        path = golden_path(kind, version)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body + b"\n")
            written.append(path)
    return written


if __name__ == "__main__":
    write_missing()

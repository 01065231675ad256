"""Every complete frame of a scanner is one entry in the journal: none lost, none twice, none made of two halves."""

import itertools
import random
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shopfloor.core.events import ScanRepeated, ScanUnread, SignalEvent
from shopfloor.devices.framing import STALE_S
from tests.flows.conftest import GUNS
from tests.flows.frames import Piece, pieces
from tests.flows.plant import Plant
from tests.flows.terminal import TerminalProcess
from tests.helpers.scale import scaled, soaking
from tests.helpers.seed import chance

SCANS = scaled(200, 1000)
SILENCES = scaled(2, 20)
BURST = 50
PACE_S = 0.1  # ten scans a second; without a soak the next scan is sent when the one before is told
# One scanner pulled fifty times waits five seconds a time; a short run pulls five at once, twice.
PULLED, PULLS = (1, 50) if soaking() else (5, 2)
PROBE_S = 0.2
PROBES_MAX = 150


def read_by(plant: Plant, device: str) -> list[str]:
    """The texts of a device's entries, in the journal's order."""
    signals = [r.event for r in plant.journal() if isinstance(r.event, SignalEvent)]
    return [event.code for event in signals if event.device == device]


def enough(rng: random.Random, frames: int) -> list[Piece]:
    """Pieces with at least so many frames, the last piece complete."""
    found: list[Piece] = []
    for piece in pieces(rng):
        found.append(piece)
        if sum(len(piece.codes) for piece in found) >= frames and piece.codes:
            return found
    raise AssertionError("expected pieces for ever")


def put(plant: Plant, device: str, sent: Sequence[Piece]) -> list[str]:
    """Put pieces on the cable, each in a write of its own; the texts of their frames."""
    for piece in sent:
        plant.cables[device].send(piece.data)
    return [text for piece in sent for text in piece.codes]


def test_every_frame_at_ten_a_second_is_one_entry(plant: Plant) -> None:
    rng = chance()
    terminal = plant.start().ready()
    sent = enough(rng, SCANS)
    texts: list[str] = []
    for piece in sent:
        texts += put(plant, "gun-1", [piece])
        terminal.outcomes(len(piece.codes))
        if soaking():
            threading.Event().wait(PACE_S)
    assert terminal.stop() == 0
    assert read_by(plant, "gun-1") == texts
    kinds = [type(r.event) for r in plant.journal()]
    assert ScanRepeated in kinds
    assert ScanUnread in kinds
    assert plant.problems() == []
    print(f"{len(texts)} frames in {len(sent)} pieces, one at a time: each is one entry")


def test_every_frame_of_bursts_on_three_scanners_is_one_entry(plant: Plant) -> None:
    rng = chance()
    terminal = plant.start().ready()
    texts: dict[str, list[str]] = {device: [] for device in GUNS}
    while sum(map(len, texts.values())) < SCANS:
        for device in GUNS:
            texts[device] += put(plant, device, enough(rng, BURST))
    count = sum(map(len, texts.values()))
    told = terminal.outcomes(count)
    assert [outcome.n for outcome in told] == sorted({outcome.n for outcome in told})
    assert terminal.stop() == 0
    assert {device: read_by(plant, device) for device in GUNS} == texts
    assert terminal.rest() == []
    assert plant.problems() == []
    print(f"{count} frames in bursts of {BURST} on {len(GUNS)} scanners: each is one entry")


def test_a_half_frame_followed_by_silence_is_dropped(plant: Plant) -> None:
    rng = random.Random(0)
    terminal = plant.start().ready()
    texts: list[str] = []
    for number in range(SILENCES):
        put(plant, "gun-1", [Piece(b"KHALF" + bytes([65 + number]), ())])
        threading.Event().wait(2 * STALE_S)
        complete = put(plant, "gun-1", enough(rng, 1))
        terminal.outcomes(len(complete))
        texts += complete
    assert read_by(plant, "gun-1") == texts


def test_a_scanner_that_is_pulled_and_plugged_loses_no_complete_code(tmp_path: Path) -> None:
    guns = {f"gun-{number}": "press" for number in range(PULLED)}
    with Plant(tmp_path, guns=guns, head="repeat_window_s = 0") as plant:
        terminal = plant.start().ready()
        certain: dict[str, list[str]] = {device: [] for device in guns}
        probes = probe_texts()
        for pull in range(PULLS):
            for device in guns:
                texts = [f"{device}-{pull}-{number}" for number in range(BURST // 5)]
                plant.send(device, *texts)
                certain[device] += texts
            wait_told(terminal, len(guns) * (BURST // 5))
            for device, rig in plant.cables.items():
                plant.send(device, f"HALF-{device}", end=b"")
                plant.wait_read(device)
                rig.unplug()
            for rig in plant.cables.values():
                rig.replug()
            for device in guns:
                probe(plant, terminal, device, probes)
        assert terminal.stop() == 0
        for device, expected in certain.items():
            read = read_by(plant, device)
            assert [text for text in read if not text.startswith("PROBE")] == expected
            asked = [text for text in read if text.startswith("PROBE")]
            assert len(asked) == len(set(asked)), "a code that came at the moment of plugging is there once, if at all"
        assert plant.problems() == []
    print(f"{PULLED * PULLS} times pulled and plugged: {sum(map(len, certain.values()))} codes, each is one entry")


def probe_texts() -> Iterator[str]:
    return (f"PROBE-{number:05d}" for number in itertools.count())


def wait_told(terminal: TerminalProcess, count: int) -> None:
    """Wait for outcomes that are no late answer to a probe."""
    while count:
        count -= "PROBE" not in terminal.outcome().words


def probe(plant: Plant, terminal: TerminalProcess, device: str, texts: Iterator[str]) -> None:
    """Scan until the terminal answers: nobody can expect it of a scanner whose port is not open yet."""
    for _ in range(PROBES_MAX):
        plant.send(device, next(texts))
        try:
            while terminal.outcome(within_s=PROBE_S).device != device:
                pass  # a late answer to another's probe
        except TimeoutError:
            continue
        return
    pytest.fail(f"{device} did not come back; stderr: {terminal.errors}")

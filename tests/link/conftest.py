"""A line of the test's own: in software and on a real server, or in software alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.line_bench import Bench, RealBench, SoftBench


@pytest.fixture(params=["soft", "jetstream"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A line; each test runs on both kinds."""
    bench: Bench = SoftBench() if request.param == "soft" else RealBench(tmp_path / "server")
    yield bench
    bench.close()


@pytest.fixture
def soft() -> Iterator[SoftBench]:
    """A line whose network is in software, with its weather."""
    bench = SoftBench()
    yield bench
    bench.close()

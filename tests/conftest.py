"""Guards only: settings in a temporary folder, and nothing logged or left behind unsaid."""

import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import hypothesis
import pytest

from tests.helpers.leaks import Traces, leaks_since
from tests.helpers.logfail import LogGuard
from tests.helpers.scale import soaking

_FAILED = pytest.StashKey[bool]()
_GUARD = pytest.StashKey[LogGuard]()
_HOMES = itertools.count(1)

# No deadline: a slow disk is not a failure. The blob is printed so that a find can be repeated anywhere.
hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile("soak" if soaking() else "default")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test file that uses `scaled` has two sizes; scripts/soak.py finds its tests by this mark."""
    if isinstance(item, pytest.Function) and hasattr(item.module, "scaled"):
        item.add_marker(pytest.mark.soak)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember that a test failed: what it leaves behind then is a consequence, not a finding."""
    if call.excinfo is not None:
        item.stash[_FAILED] = True
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the settings of whoever runs it; the cache is shared by all tests, for fonts."""
    base = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _point_home(patch, base)
        for name in ("XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            folder = base / name.lower()
            folder.mkdir(mode=0o700)
            patch.setenv(name, str(folder))
        yield


@pytest.fixture(autouse=True)
def _guards(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set up first and finalised last, so that it sees what every other fixture of the test leaves."""
    guard = LogGuard()
    request.node.stash[_GUARD] = guard
    before = Traces.now()
    logging.getLogger().addHandler(guard)
    try:
        with pytest.MonkeyPatch.context() as patch:
            _point_home(patch, tmp_path_factory.getbasetemp() / f"home-{next(_HOMES)}")
            yield
            found = [] if request.node.stash.get(_FAILED, False) else leaks_since(before)
    finally:
        logging.getLogger().removeHandler(guard)
    problems = [f"left behind: {', '.join(found)}"] if found else []
    if not request.node.stash.get(_FAILED, False) and (verdict := guard.verdict()):
        problems.append(verdict)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def expect_log(request: pytest.FixtureRequest) -> LogGuard:
    """Call it with a text: a record at WARNING or above that contains it has to come; any other fails the test."""
    guard = request.node.stash[_GUARD]
    assert isinstance(guard, LogGuard)
    return guard


def _point_home(patch: pytest.MonkeyPatch, base: Path) -> None:
    """Send every place where a program looks for settings to `base`."""
    base.mkdir(exist_ok=True)
    for name in (
        "HOME",
        "USERPROFILE",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "APPDATA",
        "LOCALAPPDATA",
    ):
        patch.setenv(name, str(base))

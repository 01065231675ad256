"""What the scripts do on a machine that lacks something; apt-get and sudo are stand-ins on a PATH of the test's own."""

import shutil
import sys
from pathlib import Path

import pytest
import system_packages
from setup_words import NotReady

linux = pytest.mark.skipif(sys.platform != "linux", reason="system packages are Debian's")

NEEDED = {"libGL.so.1": "libgl1"}
USEFUL = {"xdotool": "xdotool"}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but env, and the words of every call of a stand-in in `calls`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    env = shutil.which("env")
    assert env is not None
    (folder / "env").symlink_to(env)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(bench: Path, name: str, script: str) -> None:
    """Put a stand-in on the PATH; it notes its arguments first."""
    program = bench / name
    program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{bench}/calls"\n{script}\n')
    program.chmod(0o755)


def calls(bench: Path) -> list[str]:
    """What was called, in order."""
    file = bench / "calls"
    return file.read_text().splitlines() if file.exists() else []


@linux
def test_where_there_is_no_apt_the_library_is_named(bench: Path) -> None:
    with pytest.raises(NotReady, match=r"lacks libGL\.so\.1.*Debian's names are: libgl1$"):
        system_packages.install(NEEDED, {}, as_root=True)


@linux
def test_without_the_right_to_install_the_exact_command_is_named(bench: Path) -> None:
    put(bench, "apt-get", "exit 0")
    put(bench, "sudo", "exit 1")
    with pytest.raises(NotReady, match=r"sudo apt-get install --yes --no-install-recommends libgl1$"):
        system_packages.install(NEEDED, USEFUL, as_root=False)
    assert calls(bench) == ["sudo -n true"]


@linux
def test_sudo_that_does_not_ask_is_used(bench: Path) -> None:
    put(bench, "apt-get", "exit 0")
    put(bench, "sudo", 'shift; exec "$@"')
    (bench / "true").symlink_to("/bin/true")
    system_packages.install(NEEDED, {}, as_root=False)
    assert [line.split()[0] for line in calls(bench)] == ["sudo", "sudo", "apt-get"]
    assert calls(bench)[-1].endswith("install --yes --no-install-recommends libgl1")


@linux
def test_a_machine_without_package_lists_reads_them_once(bench: Path) -> None:
    put(bench, "apt-get", f'case "$*" in *update) : > "{bench}/lists";; *) test -e "{bench}/lists";; esac')
    system_packages.install(NEEDED, {}, as_root=True)
    assert [line.split()[4] for line in calls(bench)] == ["install", "update", "install"]


@linux
def test_what_only_tests_need_does_not_stop_the_rest(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bench, "apt-get", 'case "$*" in *xdotool*) echo no such package; exit 100;; esac')
    system_packages.install(NEEDED, USEFUL, as_root=True)
    assert calls(bench)[-1].endswith("install --yes --no-install-recommends libgl1")
    assert "going on without" in capsys.readouterr().out


@linux
def test_a_needed_package_that_cannot_be_had_says_so(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(bench, "apt-get", "echo no such package; exit 100")
    with pytest.raises(NotReady, match="by hand"):
        system_packages.install(NEEDED, {}, as_root=True)
    assert "no such package" in capsys.readouterr().err


@linux
def test_a_library_that_is_not_there_is_found_missing() -> None:
    assert system_packages.missing_libraries({"libc.so.6": "libc6", "libnothing.so.9": "libnothing9"}) == {
        "libnothing.so.9": "libnothing9"
    }


@linux
def test_a_server_that_is_not_on_the_path_is_not_missing(bench: Path, tmp_path: Path) -> None:
    sbin = tmp_path / "sbin"
    sbin.mkdir()
    put(sbin, "broker", "exit 0")
    put(bench, "tool", "exit 0")
    wanted = {"broker": "broker-package", "tool": "tool-package", "other": "other-package"}

    assert system_packages.missing_tools(wanted, sbin=(str(sbin),)) == {"other": "other-package"}
    assert set(system_packages.missing_tools(wanted, sbin=())) == {"broker", "other"}


def test_the_debian_names_are_known_for_each_set() -> None:
    sets = (system_packages.OFFSCREEN, system_packages.X11, system_packages.WAYLAND)
    names = [package for libraries in sets for package in libraries.values()]
    assert len(names) == len(set(names))

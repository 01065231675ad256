"""What Debian has to provide, what is missing of it, and how to get it. Standard library only."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

from setup_words import NotReady, say

# The shared libraries behind Qt and the Debian package of each, in two sets: always, and with a display.
OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
}
X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {"libwayland-cursor.so.0": "libwayland-cursor0", "libwayland-egl.so.1": "libwayland-egl1"}

# Programs that only tests need.
TEST_TOOLS = {"socat": "socat", "Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool", "mosquitto": "mosquitto"}
SBIN = ("/usr/sbin", "/usr/local/sbin", "/sbin")  # where servers are, and not on the PATH of every user

# Another program may hold apt's lock, as unattended upgrades do after a boot; longer than that is no coincidence.
APT_LOCK_S_MAX = 300


def provide(*, with_tools: bool) -> list[str]:
    """Install what is missing; returns the packages that only tests need and that could not be had.

    Raises NotReady where the program itself lacks something. Windows and macOS bring everything in their wheels.
    """
    if not sys.platform.startswith("linux"):
        return []
    needed, useful = _lacking(with_tools=with_tools)
    if needed or useful:
        install(needed, useful, as_root=os.geteuid() == 0)
        needed, useful = _lacking(with_tools=with_tools)
    if needed:
        raise NotReady(f"expected {_names(needed)} after installing {_packages(needed)}, and it is still missing")
    return sorted(useful.values())


def install(needed: dict[str, str], useful: dict[str, str], *, as_root: bool) -> None:
    """Install Debian packages (each as what it brings: its name); what is only useful may fail.

    Raises NotReady with the exact command where something needed cannot be had.
    """
    get = ["apt-get", "install", "--yes", "--no-install-recommends"]
    lacks = f"this machine lacks {_names(needed)}. Install"
    prefix = _root_prefix(as_root=as_root)
    if shutil.which("apt-get") is None:
        if needed:
            raise NotReady(f"{lacks} them with its package manager; Debian's names are: {_packages(needed)}")
    elif prefix is None:
        if needed:
            raise NotReady(f"{lacks} them with: sudo {' '.join(get)} {_packages(needed)}")
    elif _apt_install(prefix, {**needed, **useful}):
        # One package that cannot be had fails the whole command: leave out what is only useful.
        if needed and (not useful or _apt_install(prefix, needed)):
            raise NotReady(f"{lacks} them by hand, see apt-get's words above: sudo {' '.join(get)} {_packages(needed)}")
        say(f"apt-get could not install all of {_packages(useful)}; going on without")


def missing_libraries(wanted: dict[str, str]) -> dict[str, str]:
    """Those shared libraries that this machine's loader does not find."""
    return {library: package for library, package in wanted.items() if not _loads(library)}


def missing_tools(wanted: dict[str, str], *, sbin: tuple[str, ...] = SBIN) -> dict[str, str]:
    """Those programs that are neither on the PATH nor where servers are."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *sbin))
    return {tool: package for tool, package in wanted.items() if shutil.which(tool, path=path) is None}


def _lacking(*, with_tools: bool) -> tuple[dict[str, str], dict[str, str]]:
    """What the program lacks and what only tests lack, each as name to Debian package."""
    needed = missing_libraries(OFFSCREEN)
    useful: dict[str, str] = {}
    if not _can_make_venv():
        needed["Python's ensurepip"] = "python{}.{}-venv".format(*sys.version_info[:2])
    if "WAYLAND_DISPLAY" in os.environ:
        needed.update(missing_libraries(WAYLAND))
    if with_tools:
        useful.update(missing_libraries(X11))
        useful.update(missing_tools(TEST_TOOLS))
    elif "DISPLAY" in os.environ:
        needed.update(missing_libraries(X11))
    return needed, useful


def _names(packages: dict[str, str]) -> str:
    return ", ".join(sorted(packages))


def _packages(packages: dict[str, str]) -> str:
    return " ".join(sorted(set(packages.values())))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _can_make_venv() -> bool:
    importlib.invalidate_caches()  # it may have been installed a moment ago
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def _root_prefix(*, as_root: bool) -> list[str] | None:
    """What to put before a command that needs root; None where that is not to be had without asking."""
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if as_root:
        return environment
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", *environment] if asked.returncode == 0 else None


def _apt_install(prefix: list[str], packages: dict[str, str]) -> int:
    """Exit code of installing them. Missing or stale package lists show as a failure: read them and try again."""
    say(f"installing system packages: {_packages(packages)}")
    lock = ["-o", f"DPkg::Lock::Timeout={APT_LOCK_S_MAX}"]
    command = [*prefix, "apt-get", "-qq", *lock, "install", "--yes", "--no-install-recommends"]
    command += sorted(set(packages.values()))
    if _quietly(command) == 0:
        return 0
    _quietly([*prefix, "apt-get", "-qq", *lock, "update"])
    return _quietly(command, loud=True)


def _quietly(command: list[str], *, loud: bool = False) -> int:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if loud and done.returncode:
        print(done.stdout, file=sys.stderr, flush=True)
    return done.returncode

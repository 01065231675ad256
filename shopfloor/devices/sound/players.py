"""What the system has to play a WAV file with."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable

Player = Callable[[bytes], bool]

PLAY_S_MAX = 5.0  # more than twice the longest sound: the device hangs

_PLAYERS = (("pw-play", "-"), ("paplay",), ("aplay", "-q", "-"))

_log = logging.getLogger("shopfloor.devices.sound")


def find_player() -> Player | None:
    """Plays one sound to its end and says whether that worked; None where the system has nothing that could."""
    if sys.platform == "win32":
        return _play_windows
    for command in (("afplay", "/dev/stdin"),) if sys.platform == "darwin" else _PLAYERS:
        if shutil.which(command[0]):
            return lambda sound, command=command: _play(command, sound)  # type: ignore[misc]
    return None


def _play(command: tuple[str, ...], sound: bytes) -> bool:
    try:
        ended = subprocess.run(command, input=sound, capture_output=True, timeout=PLAY_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.info("%s: %s", command[0], error)
        return False
    return ended.returncode == 0


def _play_windows(sound: bytes) -> bool:
    import winsound  # type: ignore[import-not-found,unused-ignore]

    try:
        winsound.PlaySound(sound, winsound.SND_MEMORY)  # type: ignore[attr-defined,unused-ignore]
    except RuntimeError as error:
        _log.info("winsound: %s", error)
        return False
    return True

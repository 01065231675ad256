"""Whether a window can be shown here; asked before anything of Qt is loaded."""

import os
import sys

from shopfloor.trouble import Trouble


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def need_display() -> None:
    """Raise Trouble where no window can be shown."""
    if not has_display():
        raise Trouble(
            "There is no display: expected X (DISPLAY) or Wayland (WAYLAND_DISPLAY).",
            remedy="Start it in a graphical session, or use --no-screen for a terminal without a window.",
        )

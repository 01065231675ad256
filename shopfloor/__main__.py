"""`python -m shopfloor` and the console script `shopfloor`."""

import sys
from typing import Final

# Whoever commits gives the interpreter up at each statement of SQLite and has to get it back: at Python's 5 ms a scan
# would wait for the link, which reads what it missed, ten times over.
SWITCH_S: Final = 0.0005


def main() -> None:
    """Run the command line and exit with its code."""
    from shopfloor.cli.main import run

    sys.setswitchinterval(SWITCH_S)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

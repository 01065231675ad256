"""Starts the demo from a bare checkout: `python3 scripts/run.py [arguments of shopfloor demo]`."""

import sys

import setup_env
from setup_words import NotReady


def main() -> int:
    """Make the checkout ready and become `shopfloor demo`."""
    try:
        setup_env.make_ready(extras=frozenset({"all"}))
    except NotReady as problem:
        print(f"shopfloor: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return setup_env.hand_over(["-m", "shopfloor", "demo", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())

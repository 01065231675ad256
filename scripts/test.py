"""Runs every check from a bare checkout: `python3 scripts/test.py [arguments of pytest]`."""

import sys

import setup_env
import suite
from setup_words import NotReady


def main(arguments: list[str]) -> int:
    """Make the checkout ready, run the checks in order; 0 only if all of them passed."""
    try:
        missing = setup_env.make_ready(extras=frozenset({"all", "test"}), with_tools=True)
        return suite.run_checks(arguments, missing=missing)
    except NotReady as problem:
        print(f"shopfloor: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

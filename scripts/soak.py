"""Runs the tests that have two sizes in their full one: `python3 scripts/soak.py [arguments of pytest]`.

Takes hours; `scripts/test.py` runs the same tests in minutes. Prints the figures that the tests find.
"""

import os
import sys

import setup_env
import suite
from setup_words import NotReady, say

# The longest a single test may take in its full size.
TEST_S_MAX = 4 * 3600


def main(arguments: list[str]) -> int:
    """Make the checkout ready and run the sized tests; 0 only if all of them passed."""
    try:
        missing = setup_env.make_ready(extras=frozenset({"all", "test"}), with_tools=True)
    except NotReady as problem:
        print(f"shopfloor: {problem}", file=sys.stderr)
        return 1
    os.environ["SHOPFLOOR_SOAK"] = "1"
    code, summary = suite.run_pytest(["-m", "soak", "-v", "-s", f"--timeout={TEST_S_MAX}", *arguments])
    if missing:
        say(f"could not be installed, so tests that need it were skipped: {', '.join(missing)}")
    print(summary, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

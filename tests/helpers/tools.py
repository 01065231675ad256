"""System programs that some tests need."""

import shutil

import pytest


def need_tools(*names: str) -> None:
    """Skip the test that calls this unless every named program is on the PATH; the skip names what is missing."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (a system program)")

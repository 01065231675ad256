"""What has been told of the open calls, beside the spools: a restart tells nothing twice and leaves nothing out."""

import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shopfloor.outward.disk import write_whole
from shopfloor.outward.messages import Told

LEDGER = "told.json"

_log = logging.getLogger("shopfloor.outward")


def read_ledger(folder: Path) -> dict[str, Told]:
    """Call -> what has been told of it; empty if there is no such file or this program cannot read it."""
    try:
        return msgspec.json.decode((folder / LEDGER).read_bytes(), type=dict[str, Told])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        # Then open calls are told once more: rather twice than never.
        _log.info("%s is not read: %s", folder / LEDGER, error)
        return {}


def write_ledger(folder: Path, told: Mapping[str, Told]) -> bool:
    """Put it on the disk, durable on return; False if the disk does not take it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / LEDGER, msgspec.json.encode(told))
    except OSError as error:
        _log.info("what was told is not on the disk: %s", error)
        return False
    return True

"""Write what is to be printed to a file: the whole of it or nothing."""

from pathlib import Path

from shopfloor.trouble import Trouble


def write_file(data: bytes, out: Path) -> None:
    """Raises Trouble if the file cannot be written; a file that was there is kept then."""
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_bytes(data)
        draft.replace(out)
    except OSError as error:
        raise Trouble(
            f"{out} cannot be written: {error.strerror or error}.", remedy="Choose another folder, or close the file."
        ) from error

"""Printed pages as pixels, read by a reader that knows nothing of the writer."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp

Pixels = npt.NDArray[np.uint8]


def pixels(pdf: Path | bytes, *, dpi: int = 200) -> list[Pixels]:
    """Each page of a PDF in grey: rows of 0 (black) to 255."""
    with pypdfium2.PdfDocument(pdf if isinstance(pdf, Path) else io.BytesIO(pdf)) as document:
        return [np.array(page.render(scale=dpi / 72, grayscale=True).to_numpy()).squeeze() for page in document]


def words(pdf: Path) -> str:
    """The text of a PDF, as a viewer's search finds it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def codes(page: Pixels, *, kind: str = "QRCode") -> Iterator[str]:
    """The text of every bar code of a kind on a page, from top to bottom."""
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat[kind])
    for code in sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x)):
        yield str(code.text)

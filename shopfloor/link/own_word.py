"""What a terminal alone can say of its own events: whoever hands them back to it hands that back with them.

Hashes chain the events of a journal, and anybody can compute them. Its key nobody else has.
"""

import hmac
from typing import Final

from shopfloor.core.line_link import Known

PROOF_BYTES: Final = 16  # nobody guesses it, and every message and claim carries one
_PURPOSE: Final = b"shopfloor own word"


class OwnWord:
    """Made of the secret of a terminal's key, as its own disk has it again when it was put back."""

    def __init__(self, secret: bytes = b"") -> None:
        self._key = hmac.digest(secret, _PURPOSE, "sha256")

    def of(self, origin: str, n: int, digest: bytes) -> bytes:
        """The proof that this terminal wrote the events of an origin up to `n`, whose hash that is."""
        return hmac.digest(self._key, b"%s %d %s" % (origin.encode(), n, digest), "sha256")[:PROOF_BYTES]

    def gave(self, known: Known) -> bool:
        """Whether this terminal itself wrote what another one says it knows."""
        return hmac.compare_digest(self.of(known.origin, known.n, known.hash), known.proof)

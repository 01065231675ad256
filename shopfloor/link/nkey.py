"""Keys of terminals: an Ed25519 seed and its public half, in the server's own spelling."""

import secrets
from typing import Final

import nkeys

SEED_BYTES: Final = 32


def new_seed() -> str:
    """A fresh secret from the system's source of randomness."""
    return seed_text(secrets.token_bytes(SEED_BYTES))


def seed_text(raw: bytes) -> str:
    """The spelling of 32 secret bytes. Raises ValueError for another number of bytes."""
    if len(raw) != SEED_BYTES:
        raise ValueError(f"Expected {SEED_BYTES} bytes, got {len(raw)}.")
    text: bytes = nkeys.encode_seed(raw, nkeys.PREFIX_BYTE_USER)
    return text.decode("ascii")


def seed_bytes(seed: str) -> bytes:
    """The 32 secret bytes of a seed. Raises ValueError if it is none."""
    try:
        _, raw = nkeys.decode_seed(seed.encode("ascii"))
    except (nkeys.NkeysError, UnicodeEncodeError, ValueError) as error:
        raise ValueError("Expected the seed of a key, got something else.") from error
    return bytes(raw)


def public_of(seed: str) -> str:
    """The public half: what the server knows."""
    pair = nkeys.from_seed(bytearray(seed.encode("ascii")))
    public: bytes = pair.public_key
    return public.decode("ascii")

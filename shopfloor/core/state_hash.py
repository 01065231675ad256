"""One number for everything that is true of a line: equal on all its terminals, whatever order they learnt it in."""

import hashlib
from collections.abc import Iterable

from shopfloor.core.codec import encode_entity
from shopfloor.core.state import Entity


def state_hash(entities: Iterable[Entity]) -> str:
    """SHA-256 over every living entity by kind and key, in hexadecimal."""
    digest = hashlib.sha256()
    for kind, key, body in sorted(encode_entity(entity) for entity in entities):
        for part in (kind.encode(), key.encode(), body):
            digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()

"""Two check characters over digits and capitals: ISO/IEC 7064, pure system MOD 1271-36."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECK_CHARS = 2

_MODULUS = 1271
_RADIX = len(ALPHABET)
_CHARS = frozenset(ALPHABET)


def check_chars(body: str) -> str:
    """The two characters that make `body` valid when they follow it. Raises ValueError for other than 0-9 and A-Z."""
    if not body or not _CHARS.issuperset(body):
        raise ValueError(f"expected 0-9 and A-Z, got {body!r}")
    # The standard's rule: the whole text, read as a base-36 number, leaves remainder 1.
    return base36((1 - int(body, _RADIX) * _RADIX**CHECK_CHARS) % _MODULUS, CHECK_CHARS)


def is_valid(text: str) -> bool:
    """Whether the last two characters of `text` check the ones before; False for text of other characters."""
    if len(text) <= CHECK_CHARS or not _CHARS.issuperset(text):
        return False
    # Comparing, not the remainder: 1271..1295 leave the same as 0..24, but only the smaller one is ever written.
    return text[-CHECK_CHARS:] == check_chars(text[:-CHECK_CHARS])


def base36(number: int, width: int) -> str:
    """`number` in exactly `width` characters. Raises ValueError if it does not fit."""
    if not 0 <= number < _RADIX**width:
        raise ValueError(f"expected 0 to {_RADIX**width - 1} for {width} characters, got {number}")
    chars = []
    for _ in range(width):
        number, digit = divmod(number, _RADIX)
        chars.append(ALPHABET[digit])
    return "".join(reversed(chars))

"""Service level to standard deviations, and square roots: the two irrational things, made exact where it matters."""

from fractions import Fraction
from math import isqrt

# Tables print 1.645 for 95 % and 2.327 for 99 %. A third decimal rounded up never promises more than it keeps.
Z_PLACES = 3
SERVICE_MIN = Fraction(1, 2)
SERVICE_MAX = Fraction(999_999, 1_000_000)  # beyond, the tail of the demand is not normal anyway

# The quantile is a float, right to about 15 digits: what is nearer than this to a printed digit is that digit.
_FLOAT_NOISE = Fraction(1, 10**9)


def z_of(service: Fraction) -> Fraction:
    """Standard deviations for a share of cycles without shortage: the normal quantile, up to the third decimal.

    Raises ValueError outside of 50 % to 99.9999 %.
    """
    from statistics import NormalDist  # brings a random number generator with it; only this formula pays

    if not SERVICE_MIN <= service <= SERVICE_MAX:
        raise ValueError(f"expected a service level from 50 % to 99.9999 %, got {float(100 * service):g} %")
    scaled = (Fraction(NormalDist().inv_cdf(float(service))) - _FLOAT_NOISE) * 10**Z_PLACES
    return Fraction(max(0, ceil(scaled)), 10**Z_PLACES)


def root_up(square: Fraction, places: int) -> Fraction:
    """The square root: exact where it is a fraction, else the next decimal above with so many places."""
    above, below = isqrt(square.numerator), isqrt(square.denominator)
    if above * above == square.numerator and below * below == square.denominator:
        return Fraction(above, below)
    scaled = ceil(square * 10 ** (2 * places))
    root = isqrt(scaled)
    return Fraction(root if root * root == scaled else root + 1, 10**places)


def ceil(value: Fraction) -> int:
    """The next whole number, by division of integers."""
    return -(-value.numerator // value.denominator)


def floor(value: Fraction) -> int:
    """The whole number below, by division of integers."""
    return value.numerator // value.denominator

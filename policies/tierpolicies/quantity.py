"""Kubernetes quantities as exact integers: CPU in millicores, memory and disk in bytes.

Both round up, as the API server and the scheduler do with what a unit cannot hold.

The constructs have a quantity module of their own, which writes what this one reads. The judge
shares no code with what it judges: one mistake in both would hide itself.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:([eE])([+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_UNITS = ("Ki", "Mi", "Gi", "Ti")
_MAX_EXPONENT = 18
_MAX_DIGITS = 40


class QuantityError(ValueError):
    """A text that is no quantity, or a negative one: the message gives the reason."""


def parse_cpu(quantity: object) -> int:
    """CPU in millicores, rounded up: `250m` is 250, `1.5` is 1500, `1n` is 1."""
    return _ceiling(parse(quantity) * 1000)


def parse_bytes(quantity: object) -> int:
    """Memory or disk in bytes, rounded up: `1Ki` is 1024, `1k` is 1000, `100m` is 1."""
    return _ceiling(parse(quantity))


def parse(quantity: object) -> Fraction:
    """The exact number behind a quantity: `1.5Gi` is 1610612736, `250m` a quarter."""
    if isinstance(quantity, bool) or not isinstance(quantity, str | int | float):
        raise QuantityError(f"{quantity!r} is not a quantity; write for example 250m or 1Gi")
    return _parse_text(str(quantity))


@lru_cache(maxsize=4096)
def _parse_text(text: str) -> Fraction:
    match = _QUANTITY.fullmatch(text)
    if match is None or len(text) > _MAX_DIGITS:
        raise QuantityError(f"{text!r} is not a quantity; write for example 250m, 1.5 or 1Gi")
    sign, digits, exponent_mark, exponent, suffix = match.groups()
    if exponent_mark and abs(int(exponent)) > _MAX_EXPONENT:
        raise QuantityError(f"{text!r} is beyond the range of a quantity")
    number = Fraction(Decimal(digits))
    if sign == "-" and number:
        raise QuantityError(f"{text!r} is negative")
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    power = int(exponent) if exponent_mark else _DECIMAL.get(suffix or "", 0)
    scale: int = 10 ** abs(power)
    return number * scale if power >= 0 else number / scale


def _ceiling(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)


def cpu_text(millicores: int) -> str:
    """CPU for people: `1450m`."""
    return f"{millicores}m"


def bytes_text(size: int) -> str:
    """Bytes for people, at most two decimals: `512Mi`, `2.75Gi`."""
    if abs(size) < 1024:
        return str(size)
    power = min((abs(size).bit_length() - 1) // 10, len(_UNITS))
    number = f"{size / 1024**power:.2f}".rstrip("0").rstrip(".")
    return f"{number}{_UNITS[power - 1]}"

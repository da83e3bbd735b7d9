"""Kubernetes quantities in their canonical form, so that Argo CD never sees a difference in spelling.

The grammar and the canonical form are those of k8s.io/apimachinery/pkg/api/resource.

The judge of the manifests has a quantity module of its own, which reads what this one writes. It
shares no code with what it judges: one mistake in both would hide itself.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tiered.errors import TieredError
from tiered.origin import Text

_NUMBER = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[munkMGTPE]|[eE][+-]?\d+)?\Z")
_BINARY = {"Ki": 1024, "Mi": 1024**2, "Gi": 1024**3, "Ti": 1024**4, "Pi": 1024**5, "Ei": 1024**6}
_DECIMAL = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_SMALL = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000)}


def parse(quantity: str) -> Fraction:
    """The exact number behind a quantity such as "250m", "1.5Gi" or "1e3"."""
    match = _NUMBER.match(quantity)
    if match is None:
        raise TieredError(f"{quantity!r} is not a quantity; write for example 250m, 2, 512Mi or 1.5Gi")
    sign, digits, suffix = match.group(1), match.group(2), match.group(3) or ""
    number = Fraction(digits) * (-1 if sign == "-" else 1)
    if suffix in _BINARY:
        return number * _BINARY[suffix]
    if suffix in _DECIMAL:
        return number * _DECIMAL[suffix]
    if suffix in _SMALL:
        return number * _SMALL[suffix]
    exponent = int(suffix[1:])
    if abs(exponent) > 18:
        raise TieredError(f"{quantity!r} has an exponent beyond 18, which Kubernetes cannot hold")
    return number * Fraction(10) ** exponent


def canonical(quantity: str) -> str:
    """The spelling that the API server gives back: "1000m" is "1", "0.1" is "100m", "3072Mi" is "3Gi".

    Binary suffixes stay binary, everything else becomes decimal, as in Kubernetes.
    A quantity that remembers its origin keeps it.
    """
    number = parse(quantity)
    text = _binary(number) if quantity.endswith("i") else None
    text = text or _decimal(number)
    return Text(text, quantity.origin) if isinstance(quantity, Text) else text


def cpu(cores: Fraction) -> str:
    """A sum of processors, written canonically."""
    return _decimal(cores)


def memory(count: Fraction) -> str:
    """A sum of bytes, written canonically with a binary suffix."""
    return _binary(count) or _decimal(count)


def _binary(number: Fraction) -> str | None:
    if number.denominator != 1:
        return None
    whole = number.numerator
    for suffix, factor in reversed(_BINARY.items()):
        if whole and whole % factor == 0:
            return f"{whole // factor}{suffix}"
    return str(whole)


def _decimal(number: Fraction) -> str:
    if number == 0:
        return "0"
    for suffix, factor in reversed(_DECIMAL.items()):
        if (number / factor).denominator == 1:
            return f"{number / factor}{suffix}"
    for suffix, small in (("m", 1000), ("u", 10**6), ("n", 10**9)):
        if (number * small).denominator == 1:
            return f"{number * small}{suffix}"
    # Finer than a nano cannot be held: Kubernetes rounds up.
    return f"{-(-number.numerator * 10**9 // number.denominator)}n"

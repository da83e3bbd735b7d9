"""Whether a value with a name is a secret: by its looks, or by its name."""

import re
from collections import Counter
from math import log2

from tierpolicies.access.credentials.formats import known
from tierpolicies.access.credentials.names import is_close, meaning
from tierpolicies.access.credentials.values import is_harmless

_RANDOM = re.compile(r"[A-Za-z0-9+/=_.~-]{20,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BITS = 3.5
"""Bits a character from which on a text is random: words have fewer, keys in hex 3.7 and more."""


def given_away(name: str, value: str) -> str:
    """What a value gives away, in words: `a password`, `a GitHub token`; empty where nothing."""
    for what, _ in known(value):
        return what
    what = meaning(name)
    if what:
        return "" if is_harmless(value, may_be_number=what == "a password") else what
    if is_close(name) and looks_random(value) and not is_harmless(value):
        return "what looks like a key"
    return ""


def looks_random(value: str) -> bool:
    """Whether a value is as random as keys and tokens are: long, mixed, without any order."""
    if not _RANDOM.fullmatch(value) or _UUID.fullmatch(value):
        return False
    if not (any(map(str.isdigit, value)) and any(map(str.isalpha, value))):
        return False
    length = len(value)
    bits = -sum(n / length * log2(n / length) for n in Counter(value).values())
    return bits >= _BITS

"""Secrets that are known by their looks, whatever they are called: issuers give them a form of their own."""

import re
from collections.abc import Iterator
from functools import lru_cache

from tierpolicies.access.credentials.values import is_reference

_FORMATS = {
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{36,}",
    "a GitLab token": r"\bgl(?:pat|rt|dt|ptt)-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}",
    "a Slack webhook": r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
    "a Stripe key": r"\b(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}",
    "an API key": r"\bsk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}",
    "a Google API key": r"\bAIza[0-9A-Za-z_-]{35}",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}",
    "a PyPI token": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "a Docker Hub token": r"\bdckr_pat_[A-Za-z0-9_-]{20,}",
    "a DigitalOcean token": r"\bdo[opr]_v1_[a-f0-9]{64}",
    "a Hugging Face token": r"\bhf_[A-Za-z]{30,}",
    "a HashiCorp Vault token": r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}",
    "a Telegram token": r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "an Azure storage key": r"AccountKey=[A-Za-z0-9+/]{60,}={0,2}",
    "a JWT": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}",
}
_NAMES = tuple(_FORMATS)
_ANY = re.compile("|".join(f"({pattern})" for pattern in _FORMATS.values()))
_MARKS = (
    *(
        "PRIVATE KEY",
        "AKIA",
        "ASIA",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "glrt-",
    ),
    *("gldt-", "glptt-", "xox", "xapp-", "hooks.slack", "k_live_", "k_test_", "whsec_", "sk-", "AIza", "SG."),
    *("npm_", "pypi-", "dckr_", "_v1_", "hf_", "hvs.", "hvb.", "hvr.", ":AA", "AccountKey=", "eyJ"),
)
"""A text without any of these holds none: looking for them is ten times faster."""
_IN_URL = re.compile(r"://([^\s/:@\"'<>]*):([^\s/@\"'<>]+)@")
_SHORT = 300


def known(text: str) -> Iterator[tuple[str, int]]:
    """Every secret in a text that is known by its looks: what it is, and where it begins."""
    if len(text) <= _SHORT:
        yield from _remembered(text)
    else:
        yield from _found(text)


@lru_cache(maxsize=8192)
def _remembered(text: str) -> tuple[tuple[str, int], ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[tuple[str, int]]:
    if any(mark in text for mark in _MARKS):
        for match in _ANY.finditer(text):
            yield _NAMES[(match.lastindex or 1) - 1], match.start()
    if "://" in text:
        for match in _IN_URL.finditer(text):
            if not is_reference(match[2]):
                yield "a password in a URL", match.start(2)


def may_hold(text: str) -> bool:
    """Whether it is worth while to look for secrets in a text."""
    return "://" in text or any(mark in text for mark in _MARKS)

"""The formats of texts that an API server checks in custom resources, as go-openapi's strfmt reads them.

A format that is not here is not checked there either, or asks for so little that nothing would be found.
"""

import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import date

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[tT ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([zZ]|[+-]\d{2}:?\d{2})?")
_DURATION = re.compile(
    r"[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)|\d+\s*"
    r"(ns|nanos?|us|micros?|ms|millis?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)"
)
_MAC = re.compile(r"([0-9a-fA-F]{2}[:-]){5,7}[0-9a-fA-F]{2}|([0-9a-fA-F]{4}\.){2,3}[0-9a-fA-F]{4}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_EMAIL = re.compile(r".+@[^@\s]+")
_HOST = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\.?")


def _date(text: str) -> bool:
    date.fromisoformat(text)
    return len(text) == len("2026-11-01")


def _ipv4(text: str) -> bool:
    return bool(ipaddress.IPv4Address(text))


def _ipv6(text: str) -> bool:
    return bool(ipaddress.IPv6Address(text))


def _cidr(text: str) -> bool:
    return "/" in text and bool(ipaddress.ip_network(text, strict=False))


def _base64(text: str) -> bool:
    b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    return True


def _uri(text: str) -> bool:
    return text.startswith("/") or bool(re.match(r"[A-Za-z][-A-Za-z0-9+.]*:\S", text))


def _names(text: str) -> bool:
    return len(text) <= 253 and all(_LABEL.fullmatch(part) for part in text.split("."))


def _safely(check: Callable[[str], object]) -> Callable[[str], bool]:
    def is_valid(text: str) -> bool:
        try:
            return bool(check(text))
        except ValueError:
            return False

    return is_valid


_CHECKS: Mapping[str, Callable[[str], object]] = {
    "date": _date,
    "date-time": _DATE_TIME.fullmatch,
    "datetime": _DATE_TIME.fullmatch,
    "duration": _DURATION.fullmatch,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "cidr": _cidr,
    "mac": _MAC.fullmatch,
    "uuid": _UUID.fullmatch,
    "byte": _base64,
    "uri": _uri,
    "hostname": _HOST.fullmatch,
    "email": _EMAIL.fullmatch,
    "k8s-short-name": _LABEL.fullmatch,
    "k8s-long-name": _names,
}
FORMATS: dict[str, Callable[..., bool]] = {name: _safely(check) for name, check in _CHECKS.items()}
"""Whether a text has a format."""

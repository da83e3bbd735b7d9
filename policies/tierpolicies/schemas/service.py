"""Which APIs the checked versions of Kubernetes serve, no longer serve, and will stop serving."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache

from tierpolicies.schemas.bundle import COMMON, bundle


@dataclass(frozen=True, slots=True)
class Absence:
    """Why an API is not there, and what to do about it."""

    message: str
    mend: str


class Service:
    """What versions of Kubernetes serve, the cluster's own first."""

    def __init__(self, versions: Sequence[str]) -> None:
        self._versions = tuple(versions)
        self._absences: dict[tuple[str, str], Absence | None] = {}

    def absence(self, api_version: str, kind: str) -> Absence | None:
        """Why a checked version does not serve an API; nothing where all do, or none ever did."""
        key = (api_version, kind)
        if key not in self._absences:
            self._absences[key] = self._absence(f"{api_version}/{kind}")
        return self._absences[key]

    def deprecation(self, api_version: str, kind: str) -> str:
        """Since when an API that all checked versions serve is deprecated, and what is to come."""
        told = bundle().lifecycle.get(f"{api_version}/{kind}")
        if told is None or self.absence(api_version, kind) is not None:
            return ""
        deprecated, removed, use, *_ = told
        if not deprecated or _minor(deprecated) > _minor(self._versions[-1]):
            return ""
        end = f" and to be removed in {removed}" if removed else ""
        instead = f"; use {use}" if use else ""
        return f"{api_version}/{kind} is deprecated since Kubernetes {deprecated}{end}{instead}"

    def _absence(self, name: str) -> Absence | None:
        served = bundle().kinds.get(name)
        if served is not None and (COMMON in served or all(each in served for each in self._versions)):
            return None
        if served is None and name not in bundle().lifecycle:
            return None  # no API of Kubernetes: others tell
        _, removed, use, note, _ = bundle().lifecycle.get(name, [""] * 5)
        if removed and _minor(removed) <= _minor(self._versions[0]):
            message = f"{name} is gone since Kubernetes {removed}"
        elif removed and _minor(removed) <= _minor(self._versions[-1]):
            message = f"{name} is gone from Kubernetes {removed} on"
        elif served:
            message = f"{name} is not served before Kubernetes {self._first(served)}"
        else:
            return None
        told = [*([f"use {use}"] if use else []), *([note] if note else [])]
        mend = f"{told[0][:1].upper()}{'; '.join(told)[1:]}." if told else ""
        return Absence(f"{message}{self._successor(use)}", mend)

    def _successor(self, use: str) -> str:
        if not use:
            return ""
        first = self._first(bundle().kinds.get(use, {}))
        later = "" if first in ("", self._versions[0]) else f", served from {first} on"
        return f"; use {use}{later}"

    def _first(self, served: Container[str]) -> str:
        return next((each for each in self._versions if each in served), "")


@cache
def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))

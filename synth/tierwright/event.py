"""What a run of GitHub Actions is about, as the file says that it leaves for its steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """The payload of the event; empty outside of a run."""

    payload: object = None

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Event:
        """The event of the run that these are the environment variables of."""
        file = variables.get("GITHUB_EVENT_PATH", "")
        try:
            return cls(json.loads(Path(file).read_bytes()) if file else None)
        except (OSError, ValueError):
            return cls()

    def at(self, *steps: str) -> object:
        """What the payload holds there, or nothing."""
        told = self.payload
        for step in steps:
            told = told.get(step) if isinstance(told, Mapping) else None
        return told

    def text(self, *steps: str) -> str:
        """The text that the payload holds there, else an empty one."""
        told = self.at(*steps)
        return told if isinstance(told, str) else ""

    @property
    def pull_request(self) -> int | None:
        """The number of the pull request that the run is about."""
        told = self.at("pull_request", "number")
        return told if isinstance(told, int) else None

    @property
    def is_from_fork(self) -> bool:
        """Whether that pull request comes from another repository: its runs have no secrets."""
        head, base = (self.at("pull_request", side, "repo", "id") for side in ("head", "base"))
        return self.pull_request is not None and head != base

"""What the description promises, as far as a manifest does not carry it."""

from __future__ import annotations

import yaml

from tests.servers.process import REPOSITORY


def requests_a_second(workload: str) -> int:
    """The load of one replica that its app.yaml states."""
    for path in REPOSITORY.glob("apps/*/app.yaml"):
        found = yaml.safe_load(path.read_text())["workloads"].get(workload)
        if found is not None:
            return int(found["rps"])
    raise KeyError(workload)

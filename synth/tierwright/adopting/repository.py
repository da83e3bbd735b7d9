"""A whole repository around adopted apps: a new one, with their namespaces in the place of the example."""

from __future__ import annotations

import re

from tierwright.adopting.proposal import Proposal
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE
from tierwright.fixing.entries import with_entry, without_entry
from tierwright.scaffold.repository import EXAMPLE, NewRepository

TIER = "web"
_ENVIRONMENT = "dev"


def texts(proposal: Proposal, folder: str, *, registry: str = "ghcr.io/example") -> dict[str, str]:
    """Every file of the repository by its path, apart from dist; the apps' code is not in manifests."""
    platform = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-") or "adopted"
    made = NewRepository(
        platform=platform, registry=registry, git=f"https://github.com/example/{platform}.git"
    )
    example = (f"apps/{EXAMPLE}/", f"tests/apps/{EXAMPLE}/")
    files = {name: text for name, text in made.texts().items() if not name.startswith(example)}
    described, lock = files[PLATFORM_FILE], files[LOCK_FILE]
    for namespace in proposal.namespaces:
        described = with_entry(described, ["tiers", TIER, "namespaces"], namespace, {})
    if proposal.namespaces:
        described = without_entry(described, ["tiers", TIER, "namespaces"], EXAMPLE)
    for app in proposal.apps:
        lock = with_entry(lock, ["images", _ENVIRONMENT], app.name, {"tag": "sha-0000000", "digest": None})
    lock = without_entry(lock, ["images", _ENVIRONMENT], EXAMPLE)
    return {**files, PLATFORM_FILE: described, LOCK_FILE: lock, **{a.file: a.text for a in proposal.apps}}

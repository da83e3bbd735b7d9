"""Whom a fault of a pool of nodes is about."""

from tierpolicies.documents.manifest import Subject
from tierpolicies.platform import Platform, Pool


def subject(platform: Platform, pool: Pool) -> Subject:
    """The tier that has the pool to itself, or the pool where tiers share it."""
    tiers = [tier.name for tier in platform.tiers if tier.pool == pool.name]
    kind, name = ("Tier", tiers[0]) if len(tiers) == 1 else ("Pool", pool.name)
    return Subject("", kind, "", name)

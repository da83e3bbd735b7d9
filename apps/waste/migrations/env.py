"""Brings schema waste up to date."""

from __future__ import annotations

from apps.common.jobs.tables import SCHEMA, metadata
from apps.common.migrations import migrate

migrate(metadata, schema=SCHEMA)

"""Brings schema waste up to date."""

from __future__ import annotations

from apps.common.database import migrate
from apps.common.jobs.tables import SCHEMA, metadata

migrate(metadata, schema=SCHEMA)

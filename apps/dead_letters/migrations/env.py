"""Brings schema dlq up to date."""

from __future__ import annotations

from apps.common.migrations import migrate
from apps.dead_letters.tables import SCHEMA, metadata

migrate(metadata, schema=SCHEMA)

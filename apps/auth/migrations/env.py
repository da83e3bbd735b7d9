"""Brings schema auth up to date."""

from __future__ import annotations

from apps.auth.tables import SCHEMA, metadata
from apps.common.migrations import migrate

migrate(metadata, schema=SCHEMA)

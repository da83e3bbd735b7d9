"""Brings schema users up to date."""

from __future__ import annotations

from apps.common.migrations import migrate
from apps.users.tables import SCHEMA, metadata

migrate(metadata, schema=SCHEMA)

"""Backups of the whole database: taken, verified, kept as long as they should be, restored."""

"""Manifests that are there already, read as apps of a description: what could be said so, and what not."""

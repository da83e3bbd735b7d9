"""Waivers that are wrong, over, or no longer needed."""

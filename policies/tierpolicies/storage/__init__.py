"""Databases and their volumes, and what backs them up."""

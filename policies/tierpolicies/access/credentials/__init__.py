"""Secrets in clear text: how they look, what they are called, and what only looks like one."""

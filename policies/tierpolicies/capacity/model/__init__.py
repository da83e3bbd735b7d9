"""Pods and nodes as the scheduler sees them: immutable, with integers in place of quantities."""

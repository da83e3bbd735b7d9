"""Workloads on the nodes of their tier."""

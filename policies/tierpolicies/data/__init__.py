"""Dated tables: instance types, prices, and how long a Kubernetes version is supported."""

"""Alerts, dashboards, and what they are made of."""

"""Autoscalers and the metrics they follow."""

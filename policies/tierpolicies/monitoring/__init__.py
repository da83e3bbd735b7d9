"""Prometheus and Grafana as manifests show them: monitors, rules, expressions, dashboards, metrics."""

"""Reading manifests: text to values as Kubernetes understands them, and where each value stands."""

"""What Kubernetes makes of workloads: requests, probes, updates, spread, identities, images, schedules."""

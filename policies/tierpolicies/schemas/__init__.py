"""What Kubernetes, version by version, and the known operators accept as an object."""

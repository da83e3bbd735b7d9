"""What a cluster needs before Argo CD can take over, derived from the description and from dist."""

"""The tasks of q.api: what is asked of third parties while nobody waits."""

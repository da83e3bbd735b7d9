"""What happens to a platform: at rest, at its maxima, in updates, when nodes are drained or lost."""

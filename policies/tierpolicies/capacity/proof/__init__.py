"""Whether any placement exists, whether the scheduler finds it, and if not, the smallest reason why."""

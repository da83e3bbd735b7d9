"""Objects that an API server would refuse."""

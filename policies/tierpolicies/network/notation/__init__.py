"""Results as lines, data, pictures and words."""

"""Names that refer to objects."""

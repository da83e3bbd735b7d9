"""The tree of generated files: what it holds, how it gets to disk whole, and whether it is current."""

"""A description and the name of an environment -> a tree of constructs, one chart a folder of dist."""

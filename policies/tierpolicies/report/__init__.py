"""One model of a result, and the renderers that show it."""

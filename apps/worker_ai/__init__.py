"""The ai-worker: what is on a photo, what it is made of, and how it is disposed of."""

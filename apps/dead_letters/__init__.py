"""Dead letters: each is stored before it is acknowledged, and an operator replays or discards it."""

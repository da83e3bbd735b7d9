"""Queues, their arguments and the ways of their messages."""

"""A user's profile and history, and the end of both."""

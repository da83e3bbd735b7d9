"""Texts that something else fills in before they reach a cluster."""

_MARKS = ("${", "{{", "$(", "<<")


def has_placeholder(text: str) -> bool:
    """Whether a name holds what a template engine, Flux or envsubst will replace: nobody can look it up."""
    return any(mark in text for mark in _MARKS)

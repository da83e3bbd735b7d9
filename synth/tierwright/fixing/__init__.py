"""Mends that need no judgement, written into the description: `tierwright fix`."""

"""What pods ask for and what nodes can give."""

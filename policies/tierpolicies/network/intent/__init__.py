"""Whether what is allowed is what somebody declares."""

"""What users read: the steps, the rules of the bin, and what to be careful about."""

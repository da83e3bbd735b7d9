"""What it costs beyond what was reckoned with."""

"""What a platform costs a month."""

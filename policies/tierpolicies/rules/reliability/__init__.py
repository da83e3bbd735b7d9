"""What stops working when one thing does."""

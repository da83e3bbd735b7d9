"""What is measured, which numbers are kept under which names, and what wakes somebody."""

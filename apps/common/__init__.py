"""What several apps share at run time; nothing here belongs to one of them alone."""

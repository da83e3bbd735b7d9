"""The scheduler: sends each task of the stored schedule when it is due, one scheduler at a time."""

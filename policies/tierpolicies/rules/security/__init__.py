"""Rules about what an application may do, and who may do what to it."""

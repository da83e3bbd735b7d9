"""waste-service: takes photos of waste, and tells how their analysis goes and what it found."""

"""What a team has agreed upon; each of these runs only where somebody asks for it."""

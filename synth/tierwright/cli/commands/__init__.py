"""What a person may type: commands by subject, with their options. What they do is imported when they run."""

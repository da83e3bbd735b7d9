"""Description -> constructs -> dist, and the command line that composes the parts."""

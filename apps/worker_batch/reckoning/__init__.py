"""What the jobs add up to: by day, by week and month, as reports."""

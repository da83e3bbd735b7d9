"""What becomes of connections: allowed or denied, why, who is exposed to whom, and what a change does."""

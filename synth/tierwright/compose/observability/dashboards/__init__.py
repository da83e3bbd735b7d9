"""What people look at: the whole cluster, each tier, and the broker."""

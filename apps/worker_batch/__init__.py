"""The worker of q.batch and q.sched: analytics, reports, cleaning, backups, statistics."""

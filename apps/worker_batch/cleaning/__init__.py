"""The task cleanup.cache: removes what nobody needs any more, and ends jobs that are stuck."""

from apps.worker_batch.cleaning.rounds import clean

__all__ = ["clean"]

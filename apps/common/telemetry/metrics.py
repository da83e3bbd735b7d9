"""The metrics of every app, under the names that dashboards, alerts and autoscalers use."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter, Histogram

HTTP_DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5),
)
HTTP_REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
TASK_DURATION = Histogram(
    "celery_task_duration_seconds",
    "Time that a task ran, whatever came of it.",
    ["queue", "task"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 120, 300, 600),
)
TASK_RUNS = Counter("celery_tasks_total", "Runs of tasks that ended.", ["queue", "task", "state"])
TASK_FAILURES = Counter(
    "celery_task_failures_total", "Tasks that failed for good.", ["queue", "task", "reason"]
)
CACHE_REQUESTS = Counter("cache_requests_total", "Look-ups in a cache.", ["cache", "result"])
MODEL_CALLS = Counter("model_calls_total", "Calls of the vision model.", ["outcome"])
PUBLISHED = Counter("tasks_published_total", "Tasks offered to the broker.", ["task", "outcome"])


def cache_requests(cache: str) -> Mapping[str, Counter]:
    """The counters of a cache's look-ups by their results: hit, miss and error.

    They are there before the first look-up: a series that begins with one has not risen by it, and the first
    hit would be missing from every rate.
    """
    return {result: CACHE_REQUESTS.labels(cache=cache, result=result) for result in ("hit", "miss", "error")}

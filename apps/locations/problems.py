"""The kinds of problems that this service answers beside those of every service."""

from __future__ import annotations

from apps.common.http import ProblemType
from apps.common.http.problems import RETRY_AFTER

MAP_UNAVAILABLE = ProblemType(
    code="map-unavailable",
    status=503,
    title="Map unavailable",
    meaning="The map does not answer in time, and nothing is known of the place yet.",
    headers=(RETRY_AFTER,),
)

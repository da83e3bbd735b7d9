"""The kinds of problems that this service answers beside those of every service."""

from __future__ import annotations

from apps.common.http import ProblemType

INVALID_CURSOR = ProblemType(
    code="invalid-cursor",
    status=400,
    title="Invalid cursor",
    meaning="The cursor was not answered for this list, or the filters have changed.",
)
PRECONDITION_FAILED = ProblemType(
    code="precondition-failed",
    status=412,
    title="Changed meanwhile",
    meaning="The profile is not the one that If-Match names.",
)
PRECONDITION_REQUIRED = ProblemType(
    code="precondition-required",
    status=428,
    title="Precondition required",
    meaning="If-Match is missing, and a change of somebody else could be lost.",
)

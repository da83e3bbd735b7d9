"""The problems that several routes answer."""

from __future__ import annotations

from apps.common.http import Problem
from apps.waste.photos import Refused


def no_such_job() -> Problem:
    """Of a job that there is not, or that is somebody else's: the answer does not tell which."""
    return Problem(404, "no-such-job", "No such job", "You have no such job, or its hour to upload is over.")


def refused(refusal: Refused, *, status: int) -> Problem:
    """Of a photo that cannot be taken."""
    return Problem(status, refusal.code, "Photo not accepted", refusal.detail)

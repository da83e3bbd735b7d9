"""The kinds of problems that this service answers beside those of every service."""

from __future__ import annotations

from typing import Final

from apps.common.http import Problem, ProblemType
from apps.common.http.problems import RETRY_AFTER
from apps.waste.photos import Refusal, Refused

NO_SUCH_JOB = ProblemType(
    code="no-such-job",
    status=404,
    title="No such job",
    meaning="The caller has no such job, or its hour to upload is over.",
)
UPLOAD_MISSING = ProblemType(
    code="upload-missing", status=409, title="Nothing uploaded", meaning="No photo has arrived yet."
)
NOT_FINISHED = ProblemType(
    code="not-finished",
    status=409,
    title="Not finished",
    meaning="The job has not ended yet.",
    headers=(RETRY_AFTER,),
    members={"state": {"type": "string", "examples": ["analyzing"]}},
)
ANALYSIS_FAILED = ProblemType(
    code="analysis-failed",
    status=422,
    title="The analysis failed",
    meaning="The job came to nothing.",
    members={"reason": {"type": "string", "examples": ["image-undecodable"]}},
)
TOO_MANY_PHOTOS = ProblemType(
    code="too-many-photos",
    status=429,
    title="Too many photos",
    meaning="The caller has announced more photos than are taken in a minute.",
    headers=(RETRY_AFTER,),
)
STORAGE_UNAVAILABLE = ProblemType(
    code="storage-unavailable",
    status=503,
    title="Storage unavailable",
    meaning="The storage of photos cannot be reached.",
    headers=(RETRY_AFTER,),
)

_REFUSALS: Final = {
    code: ProblemType(code=code.value, status=status, title="Photo not accepted", meaning=meaning)
    for code, status, meaning in (
        (Refusal.HEIC, 415, "HEIC photos are not accepted."),
        (Refusal.TYPE, 415, "Files of the announced type are not accepted."),
        (Refusal.EMPTY, 422, "The photo has no bytes."),
        (Refusal.TOO_LARGE, 422, "The photo has too many bytes."),
        (Refusal.MISMATCH, 422, "The photo is not of the type that was announced."),
        (Refusal.TRUNCATED, 422, "The photo is cut off."),
        (Refusal.MALFORMED, 422, "The photo is damaged."),
        (Refusal.TOO_MANY_PIXELS, 422, "The photo has more pixels than are decoded."),
    )
}
OF_ANNOUNCEMENTS: Final = tuple(_REFUSALS[each] for each in (Refusal.HEIC, Refusal.TYPE, Refusal.TOO_LARGE))
OF_PHOTOS: Final = tuple(kind for kind in _REFUSALS.values() if kind.status == 422)


def no_such_job() -> Problem:
    """Of a job that there is not, or that is somebody else's: the answer does not tell which."""
    return Problem(NO_SUCH_JOB, "You have no such job, or its hour to upload is over.")


def refused(refusal: Refused) -> Problem:
    """Of a photo that cannot be taken."""
    return Problem(_REFUSALS[refusal.code], refusal.detail)

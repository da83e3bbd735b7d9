"""How a job ends without a result, and what is worth another try."""

from __future__ import annotations

from typing import Final

from apps.common.broker import PublishError
from apps.common.jobs.progress import Failure

IMAGE_MISSING: Final = Failure(reason="image-missing", detail="The photo is gone: take it once more.")
IMAGE_CHANGED: Final = Failure(
    reason="image-changed", detail="The photo was replaced after it had been checked: take it once more."
)
IMAGE_TOO_LARGE: Final = Failure(
    reason="image-too-large", detail="The photo is too large: take a smaller one."
)
IMAGE_UNDECODABLE: Final = Failure(
    reason="image-undecodable", detail="The photo is damaged or of an unknown format: take another one."
)
ANSWER_INVALID: Final = Failure(
    reason="model-answer-invalid", detail="No usable answer was found for this photo: take another one."
)
MODEL_UNAVAILABLE: Final = Failure(
    reason="model-unavailable",
    detail="The analysis cannot be reached at the moment: try again in some minutes.",
)
OVERLOADED: Final = Failure(
    reason="overloaded", detail="Too many photos are being analysed: try again in some minutes."
)
INTERNAL: Final = Failure(reason="internal-error", detail="The analysis failed: take the photo once more.")


class Hopeless(Exception):  # noqa: N818 - it ends the job, and is expected
    """The job fails, and no other try would mend it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class MalformedMessage(Exception):  # noqa: N818 - what it is about
    """The message names no job."""

    reason = "malformed-message"


class ModelUnavailable(Exception):  # noqa: N818 - as the reason that users are told
    """The model gave no answer; it may do so later.

    Attributes:
        retry_after: seconds that it asked to be left alone; 0 when it did not say.
    """

    reason = MODEL_UNAVAILABLE.reason

    def __init__(self, message: str, *, retry_after: float = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def failure_of(error: BaseException) -> Failure:
    """What the user is told when `error` has used up all tries."""
    if isinstance(error, Hopeless):
        return error.failure
    if isinstance(error, ModelUnavailable):
        return MODEL_UNAVAILABLE
    if isinstance(error, PublishError):
        return OVERLOADED
    return INTERNAL

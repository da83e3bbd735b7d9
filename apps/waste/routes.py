"""The four endpoints."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from apps.common.http import CurrentUser, problem_responses
from apps.common.http.identity import access_token
from apps.common.http.middleware import POLLED
from apps.common.http.problems import BAD_REQUEST, BUSY, INVALID_REQUEST, UNAUTHORIZED, UNAVAILABLE
from apps.common.jobs.result import JobResult
from apps.waste.answers import Announcement, JobStatus, PromisedJob, UploadForm
from apps.waste.photos import Refused, accepted_type, check_size
from apps.waste.polling import Polling
from apps.waste.problems import (
    ANALYSIS_FAILED,
    NO_SUCH_JOB,
    NOT_FINISHED,
    OF_ANNOUNCEMENTS,
    OF_PHOTOS,
    STORAGE_UNAVAILABLE,
    TOO_MANY_PHOTOS,
    UPLOAD_MISSING,
    refused,
)
from apps.waste.submission import Submission
from apps.waste.uploads import FORM_SECONDS

_JSON = "application/json"
_JOB_ID: Final[dict[str, Any]] = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_POLLED: Final[dict[str, Any]] = {"parameters": [_JOB_ID], "security": [{"HTTPBearer": []}]}

router = APIRouter(tags=["waste"])


def _submission(request: Request) -> Submission:
    found: Submission = request.app.state.submission
    return found


@router.post(
    "/analyze",
    status_code=201,
    responses=problem_responses(
        BAD_REQUEST,
        UNAUTHORIZED,
        *OF_ANNOUNCEMENTS,
        INVALID_REQUEST,
        TOO_MANY_PHOTOS,
        UNAVAILABLE,
        STORAGE_UNAVAILABLE,
    ),
    summary="Announce a photo",
)
async def analyze(
    announcement: Announcement, user: CurrentUser, submission: Annotated[Submission, Depends(_submission)]
) -> PromisedJob:
    """Promises a job, and answers the form by which its photo is uploaded straight to the storage.

    The form takes one photo of the announced type and of at most 10 MiB, for ten minutes.
    """
    try:
        content_type = accepted_type(announcement.content_type)
        check_size(1 if announcement.size is None else announcement.size)
    except Refused as refusal:
        raise refused(refusal) from None
    job, form = await submission.promise(user.id, content_type)
    upload = UploadForm(url=form.url, fields=form.fields, expires_in=FORM_SECONDS)
    return PromisedJob(job_id=job.job_id, upload=upload)


@router.post(
    "/upload-complete/{job_id}",
    status_code=202,
    responses=problem_responses(
        UNAUTHORIZED,
        NO_SUCH_JOB,
        UPLOAD_MISSING,
        INVALID_REQUEST,
        *OF_PHOTOS,
        UNAVAILABLE,
        BUSY,
        STORAGE_UNAVAILABLE,
    ),
    summary="Say that the photo is uploaded",
)
async def upload_complete(
    job_id: Annotated[UUID, Path()],
    user: CurrentUser,
    submission: Annotated[Submission, Depends(_submission)],
) -> JobStatus:
    """Checks what was uploaded, and accepts the job. To be called again whenever no answer came.

    A photo that is refused (422) is removed; another one may be uploaded by the same form.
    """
    return JobStatus.of(await submission.complete(user.id, job_id))


# These two are polled: they check the token themselves, by the same question to Redis that finds the job.


@router.get(
    "/status/{job_id}",
    response_model=JobStatus,
    responses=problem_responses(UNAUTHORIZED, NO_SUCH_JOB, UNAVAILABLE),
    openapi_extra=_POLLED,
    summary="How far a job is",
)
async def status(request: Request) -> Response:
    """Worth asking every half second."""
    request.scope[POLLED] = True
    polling: Polling = request.app.state.polling
    answer = await polling.status(access_token(request), request.path_params["job_id"])
    return Response(answer, media_type=_JSON)


@router.get(
    "/result/{job_id}",
    response_model=JobResult,
    responses=problem_responses(UNAUTHORIZED, NO_SUCH_JOB, NOT_FINISHED, ANALYSIS_FAILED, UNAVAILABLE),
    openapi_extra=_POLLED,
    summary="What a job found",
)
async def result(request: Request) -> Response:
    """409 as long as the job has not ended, 422 with the `reason` when it failed."""
    polling: Polling = request.app.state.polling
    answer = await polling.result(access_token(request), request.path_params["job_id"])
    return Response(answer, media_type=_JSON)

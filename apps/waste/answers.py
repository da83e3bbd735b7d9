"""What the service is asked and answers, as its OpenAPI document shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from apps.common.jobs.progress import Failure, Progress, State
from apps.waste.photos import MAX_BYTES, PhotoType

_JOB = "3f0c2a52-6f0e-4a57-9d0a-0f6f3c1f4b7e"


class Announcement(BaseModel):
    """A photo that is about to be uploaded."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"content_type": "image/jpeg", "size": 2_400_000}]}
    )

    content_type: Annotated[
        str, Field(min_length=1, max_length=100, description=f"One of {', '.join(PhotoType)}.")
    ]
    size: Annotated[
        int | None,
        Field(ge=1, strict=True, description=f"Bytes, where they are known; at most {MAX_BYTES} are taken."),
    ] = None


class UploadForm(BaseModel):
    """How to send the photo: multipart/form-data with all fields, and then the photo as `file`."""

    url: Annotated[str, Field(examples=["https://waste-coach-prod-images.s3.ap-northeast-2.amazonaws.com/"])]
    fields: Annotated[
        dict[str, str], Field(examples=[{"key": f"uploads/{_JOB}", "Content-Type": "image/jpeg"}])
    ]
    expires_in: Annotated[int, Field(description="Seconds.", examples=[600])]


class PromisedJob(BaseModel):
    """A job that waits for its photo, for an hour."""

    job_id: Annotated[UUID, Field(examples=[_JOB])]
    upload: UploadForm


class JobStatus(BaseModel):
    """How far a job is."""

    job_id: Annotated[UUID, Field(examples=[_JOB])]
    state: Annotated[State, Field(examples=[State.ANALYZING])]
    progress: Annotated[int, Field(ge=0, le=100, examples=[25])]
    created_at: datetime
    updated_at: datetime
    failure: Annotated[
        Failure | None, Field(description="Why there is no result; null unless it failed.")
    ] = None

    @classmethod
    def of(cls, job: Progress) -> JobStatus:
        """What the app may know of a record."""
        return cls.model_validate(job, from_attributes=True)

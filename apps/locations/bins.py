"""GET /bins: the nearest bins of a kind."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from apps.common.bins.grid import EAST, LARGEST_RADIUS, NORTH, SOUTH, WEST, Cell, Point
from apps.common.bins.kakao import MapError
from apps.common.bins.kinds import Kind
from apps.common.http import CurrentUser, Problem, problem_responses
from apps.common.http.problems import UNAUTHORIZED, UNAVAILABLE
from apps.locations.finder import TheFinder
from apps.locations.problems import MAP_UNAVAILABLE

MOST_BINS = 45
_RETRY_SECONDS = 5
_log = structlog.get_logger(__name__)
router = APIRouter()

Latitude = Annotated[
    float,
    Query(ge=SOUTH, le=NORTH, allow_inf_nan=False, examples=[37.5666805], description="Degrees, WGS 84."),
]
Longitude = Annotated[
    float,
    Query(ge=WEST, le=EAST, allow_inf_nan=False, examples=[126.9784147], description="Degrees, WGS 84."),
]
Radius = Annotated[int, Query(ge=50, le=LARGEST_RADIUS, examples=[500], description="Metres.")]
Limit = Annotated[int, Query(ge=1, le=MOST_BINS, description="How many bins are told at most.")]
Offset = Annotated[int, Query(ge=0, le=500, description="How many of the nearest bins are passed over.")]


class Bin(BaseModel):
    """A bin, or who takes things back."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(examples=["26338954"], description="Kakao's id of the place.")]
    name: Annotated[str, Field(examples=["의류수거함"])]
    address: Annotated[str, Field(examples=["서울 중구 세종대로 110"])]
    latitude: Annotated[float, Field(examples=[37.5667])]
    longitude: Annotated[float, Field(examples=[126.9785])]
    distance: Annotated[int, Field(ge=0, examples=[21], description="Metres from where was asked for.")]
    url: Annotated[str, Field(examples=["http://place.map.kakao.com/26338954"])]


class NearestBins(BaseModel):
    """The nearest bins of a kind."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    bins: Annotated[list[Bin], Field(description="Nearest first.")]
    total: Annotated[int, Field(ge=0, description="How many are known within the radius.")]
    complete_within: Annotated[
        int,
        Field(
            ge=0,
            examples=[500],
            description="Metres within which no bin of the map is missing. Less than the radius where there"
            " are more bins than the map tells of: ask with a smaller radius there.",
        ),
    ]
    stale: Annotated[
        bool,
        Field(description="Whether the map was asked longer ago than 10 minutes; it is being asked again."),
    ]
    fetched_at: Annotated[datetime, Field(description="When the map was asked; the header Age says it too.")]


@router.get(
    "/bins",
    tags=["bins"],
    responses={
        200: {
            "headers": {
                "Age": {"description": "Seconds since the map was asked.", "schema": {"type": "integer"}}
            }
        },
        **problem_responses(UNAUTHORIZED, UNAVAILABLE, MAP_UNAVAILABLE),
    },
)
async def nearest_bins(
    *,
    _: CurrentUser,
    response: Response,
    finder: TheFinder,
    latitude: Latitude,
    longitude: Longitude,
    kind: Kind,
    radius: Radius = 1000,
    limit: Limit = 15,
    offset: Offset = 0,
) -> NearestBins:
    """The nearest bins of `kind` within `radius` metres.

    The answer may be some minutes old; when the map does not answer it may be up to 7 days old, and says so.
    """
    point = Point(latitude, longitude)
    cell = Cell.of(point, radius)
    try:
        found = await finder.find(kind, cell)
    except MapError as error:
        _log.warning("bins cannot be told", reason=str(error))
        detail = "The map does not answer, and nothing is known of this place yet. Try again shortly."
        raise Problem(MAP_UNAVAILABLE, detail, retry_after=_RETRY_SECONDS) from error
    now = time.time()
    nearest = found.nearest(point, radius)
    response.headers["Age"] = str(int(found.age(now)))
    return NearestBins(
        kind=kind,
        bins=[
            Bin(
                id=place.id,
                name=place.name,
                address=place.address,
                latitude=place.latitude,
                longitude=place.longitude,
                distance=round(metres),
                url=place.url,
            )
            for metres, place in nearest[offset : offset + limit]
        ],
        total=len(nearest),
        complete_within=int(found.certain_within(cell, point, radius)),
        stale=not found.fresh(now),
        fetched_at=datetime.fromtimestamp(found.fetched_at, UTC),
    )

"""Kakao's local search: what is asked and how answers are read, whoever sends the requests.

Source: Kakao Developers, Local, REST API. A page holds 15 documents, and there are three pages at most;
the radius goes up to 20 km. A wrong request or key answers 400, 401 or 403, too many requests 429.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from apps.common.bins.found import CellBins, Place
from apps.common.bins.grid import Cell, Point, certain, distance
from apps.common.bins.kinds import Search

PAGE_SIZE: Final = 15
MOST_PAGES: Final = 3
LARGEST_ANSWER: Final = 256 * 1024
"""Bytes: a page has some 10 KiB."""

_OK = 200
_REFUSALS = frozenset({400, 401, 403})


class KakaoMapSettings(BaseSettings):
    """Where Kakao is asked, and as whom."""

    model_config = SettingsConfigDict(frozen=True)

    kakao_map_base_url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
    kakao_rest_api_key: SecretStr

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"KakaoAK {self.kakao_rest_api_key.get_secret_value()}"}


class MapError(Exception):
    """The map said nothing that can be used. Its text names no place: that would be where somebody is."""


class MapUnavailable(MapError):  # noqa: N818 - what happened
    """No answer, an error of its own, too many requests, or nonsense: it may be better later."""

    reason = "map-unavailable"


class MapRefused(MapError):  # noqa: N818 - what happened
    """It does not take the request or the key: asking again is of no use."""

    reason = "map-refused"


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=32)]
    place_name: Annotated[str, Field(max_length=300)]
    address_name: Annotated[str, Field(max_length=300)] = ""
    road_address_name: Annotated[str, Field(max_length=300)] = ""
    place_url: Annotated[str, Field(max_length=300, pattern=r"^https?://")]
    x: Annotated[float, Field(ge=-180, le=180)]
    y: Annotated[float, Field(ge=-90, le=90)]


class _Meta(BaseModel):
    model_config = ConfigDict(frozen=True)

    pageable_count: Annotated[int, Field(ge=0)]
    total_count: Annotated[int, Field(ge=0)]
    is_end: bool


class Page(BaseModel):
    """One page of an answer."""

    model_config = ConfigDict(frozen=True)

    meta: _Meta
    documents: Annotated[tuple[_Document, ...], Field(max_length=PAGE_SIZE)]

    @classmethod
    def read(cls, status: int, body: bytes) -> Page:
        """The page in an answer.

        Raises:
            MapRefused: the request or the key is wrong.
            MapUnavailable: anything else that is no page.
        """
        if status in _REFUSALS:
            raise MapRefused(
                f"Kakao answers {status}: check KAKAO_REST_API_KEY and that the app may use the map"
            )
        if status != _OK:
            raise MapUnavailable(f"Kakao answers {status}")
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise MapUnavailable(f"Kakao answers what is no page: {error.error_count()} faults") from None

    @property
    def further(self) -> range:
        """Numbers of the pages that follow a first one."""
        if self.meta.is_end:
            return range(0)
        return range(2, min(MOST_PAGES, math.ceil(self.meta.pageable_count / PAGE_SIZE)) + 1)


@dataclass(frozen=True, slots=True)
class Question:
    """A search around the centre of a cell."""

    search: Search
    cell: Cell

    def request(self, page: int) -> tuple[str, Mapping[str, str | int]]:
        """Path and query of a page."""
        centre = self.cell.centre
        about: Mapping[str, str | int] = {
            # 7 digits are a centimetre.
            "x": f"{centre.longitude:.7f}",
            "y": f"{centre.latitude:.7f}",
            "radius": self.cell.reach,
            "sort": "distance",
            "size": PAGE_SIZE,
            "page": page,
        }
        if self.search.word is not None:
            return "/v2/local/search/keyword.json", {"query": self.search.word, **about}
        return "/v2/local/search/category.json", {"category_group_code": str(self.search.category), **about}

    def covered(self, pages: Sequence[Page]) -> float:
        """Metres around the centre in which the pages miss nothing."""
        told = [document for page in pages for document in page.documents]
        if pages[-1].meta.is_end and pages[0].meta.total_count <= len(told):
            return float(self.cell.reach)
        centre = self.cell.centre
        # Nearest first: what is not told is no nearer than the last that is.
        return certain(distance(centre, Point(told[-1].y, told[-1].x))) if told else 0.0


class LimitedBody:
    """A body that is received piece by piece, and given up when it is too large to be a page."""

    def __init__(self) -> None:
        self._received = bytearray()

    def add(self, piece: bytes) -> None:
        """Append a piece.

        Raises:
            MapUnavailable: it is too much.
        """
        self._received += piece
        if len(self._received) > LARGEST_ANSWER:
            raise MapUnavailable(f"Kakao answers more than {LARGEST_ANSWER} bytes")

    def all(self) -> bytes:
        return bytes(self._received)


def gathered(answers: Iterable[tuple[Question, Sequence[Page]]]) -> CellBins:
    """All answers about a cell as one: each place once."""
    places: dict[str, Place] = {}
    covered = math.inf
    for question, pages in answers:
        covered = min(covered, question.covered(pages))
        for page in pages:
            for found in page.documents:
                places.setdefault(found.id, _place(found))
    return CellBins(fetched_at=time.time(), covered=covered, places=tuple(places.values()))


def _place(found: _Document) -> Place:
    return Place(
        id=found.id,
        name=found.place_name,
        address=found.road_address_name or found.address_name,
        url=found.place_url,
        latitude=found.y,
        longitude=found.x,
    )

"""GitHub's REST API as a delivery needs it: pages, limits of its use, and refusals that a person can mend.

The token is read from the environment by whoever makes a `GitHub`; it goes into a header of requests to that
one host over TLS, follows no redirection, and into no message.
"""

from __future__ import annotations

import json
import math
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import TypeVar
from urllib.parse import urlsplit

from tierwright.delivery.errors import DeliveryError

Result = TypeVar("Result")
Json = Mapping[str, object] | list[object] | None

_ATTEMPTS = 5
_LONGEST_ANSWER = 60  # seconds
_LONGEST_WAIT = 300  # seconds; who must wait longer is told until when, and comes again
_WITHOUT_A_WORD = 60  # seconds to wait where GitHub names none, as its documentation asks
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class RefusedError(DeliveryError):
    """GitHub understood a request and refuses it: the HTTP `status`, and what it says of it."""

    def __init__(self, status: int, told: str, mend: str) -> None:
        self.status = status
        super().__init__(f"GitHub refuses with {status}: {told}", mend)


class _AgainError(Exception):
    """The same request may well succeed, in `seconds` or after a growing pause."""

    def __init__(self, told: str, seconds: float | None = None) -> None:
        self.told, self.seconds = told, seconds
        super().__init__(told)


@dataclass(frozen=True)
class GitHub:
    """The API at an address such as `https://api.github.com`, used with a token.

    `told` gets a sentence before each pause; `pause` waits some seconds.
    """

    address: str
    token: str = field(repr=False)
    told: Callable[[str], None] = field(default=lambda _: None)
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        place = urlsplit(self.address)
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
            raise DeliveryError(
                f"{self.address} is no https:// address, and a token may not be sent in the clear",
                "Set GITHUB_API_URL to https://api.github.com, or to that of your server",
            )

    def persistently(self, attempt: Callable[[], Result]) -> Result:
        """Do something again and again until it neither meets a limit nor a passing fault.

        A request whose answer was lost may have been carried out. So what is repeated must look first at
        what there is.

        Raises:
            DeliveryError: it is refused, or it does not succeed in several attempts.
        """
        for number in range(_ATTEMPTS):
            try:
                return attempt()
            except _AgainError as error:
                again, seconds = error, error.seconds if error.seconds is not None else 2.0**number
            if seconds > _LONGEST_WAIT:
                raise DeliveryError(
                    f"{again.told}; it wants {math.ceil(seconds / 60)} minutes of patience",
                    "Run this again then",
                )
            if number < _ATTEMPTS - 1:
                self.told(f"{again.told}; trying again in {math.ceil(seconds)} s")
                self.pause(seconds)
        raise DeliveryError(
            f"{again.told}, {_ATTEMPTS} times in a row",
            "Look at https://www.githubstatus.com and run this again",
        )

    def viewer(self) -> str:
        """The login that the token acts as; GraphQL alone tells it to tokens of users and of apps alike."""
        answer, _ = self._once("POST", f"{self._graphql}", {"query": "{ viewer { login } }"})
        found: object = answer
        for step in ("data", "viewer", "login"):
            found = found.get(step) if isinstance(found, Mapping) else None
        if not isinstance(found, str):
            raise DeliveryError("GitHub does not say whose token this is", "Check GITHUB_TOKEN")
        return found

    @property
    def _graphql(self) -> str:
        """A server of one's own has its REST API below /api/v3, and GraphQL beside that."""
        return f"{self.address.removesuffix('/v3')}/graphql"

    def pages(self, path: str) -> Iterator[Mapping[str, object]]:
        """The items of a list, page by page as the Link header leads."""
        address = f"{self.address}{path}{'&' if '?' in path else '?'}per_page=100"
        while address:
            items, headers = self._once("GET", address)
            yield from (item for item in items or () if isinstance(item, Mapping))
            following = _NEXT.search(headers.get("Link", ""))
            address = following[1] if following else ""
            if address and urlsplit(address)[:2] != urlsplit(self.address)[:2]:
                raise DeliveryError(
                    f"the next page is said to be at {address}, on another host", "Report this"
                )

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        """One request that changes something; GitHub's answer."""
        return self._once(method, f"{self.address}{path}", body)[0]

    def _once(
        self, method: str, address: str, body: Mapping[str, object] | None = None
    ) -> tuple[Json, HTTPMessage]:
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at when this is made
            address,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                "User-Agent": "tierwright",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        try:
            with _opener().open(request, timeout=_LONGEST_ANSWER) as answer:
                content = answer.read()
                return (json.loads(content) if content else None), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, HTTPException) as error:  # URLError is an OSError
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise _AgainError(f"{urlsplit(address).netloc} cannot be reached ({reason})") from None
        except ValueError:
            raise _AgainError(f"{urlsplit(address).netloc} answers with what is no JSON") from None


def _opener() -> urllib.request.OpenerDirector:
    """Proxies and TLS as they are everywhere. What moved is told, not followed: it might lead elsewhere."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _refusal(error: urllib.error.HTTPError) -> Exception:
    """What an answer of 300 and more means, and whether it is worth trying again."""
    told, status = _message(error), error.code
    if status >= 500:
        return _AgainError(f"GitHub has a fault of its own ({status}: {told})")
    wait = _limit(error, told)
    if wait is not None:
        return _AgainError(f"GitHub's limit of requests is reached ({told})", wait)
    mends = {
        401: "Give GITHUB_TOKEN a token that is valid; in a workflow: env: GITHUB_TOKEN: ${{ github.token }}",
        403: "The token may read and not write: the job needs `permissions: {pull-requests: write}`",
        404: "Check owner, name and number, and that the token may see that repository",
        410: "Turn on issues and pull requests of the repository, or do not comment there",
        422: "Mend what it names and run again",
    }
    if 300 <= status < 400:
        return RefusedError(status, "the repository has moved", "Set GITHUB_REPOSITORY to its new name")
    return RefusedError(status, told, mends.get(status, "Mend what it names and run again"))


def _message(error: urllib.error.HTTPError) -> str:
    """GitHub's own words, those about single fields included."""
    try:
        told = json.loads(error.read())
    except (OSError, HTTPException, ValueError):
        return error.reason
    if not isinstance(told, dict):
        return error.reason
    errors = told.get("errors")
    parts = (
        [each.get("message") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    )
    return ": ".join(str(part) for part in (told.get("message"), *parts) if part) or error.reason


def _limit(error: urllib.error.HTTPError, told: str) -> float | None:
    """How many seconds to wait where a limit is reached; nothing where this is another refusal."""
    if error.code not in (403, 429):
        return None
    after, reset = error.headers.get("Retry-After", ""), error.headers.get("X-RateLimit-Reset", "")
    if after.isdecimal():
        return float(after)
    if error.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
        return max(float(reset) - time.time(), 0.0) + 1.0
    return _WITHOUT_A_WORD if error.code == 429 or "rate limit" in told.lower() else None

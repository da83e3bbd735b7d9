"""One call of the vision model."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2
import structlog
from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    OpenAI,
    RateLimitError,
)
from openai.types.chat import ChatCompletion

from apps.common.telemetry.metrics import MODEL_CALLS
from apps.worker_ai.failures import ModelUnavailable
from apps.worker_ai.prompt import ANSWER_FORMAT, MAX_TOKENS, messages
from apps.worker_ai.settings import OpenAISettings

LONGEST_WAIT: Final = 120.0
"""Seconds; a longer Retry-After is not waited for: the job would outlive its user's patience."""

_CONNECT_SECONDS = 5.0
# What these say is about this photo or this question; asking again later would change nothing.
_ABOUT_THE_QUESTION = {400, 413, 415, 422}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the model wrote, unread; empty where it refused or where there was nothing to read."""

    text: str
    model: str
    seconds: float


class Vision:
    """The model, asked once a call: how often is decided by the caller alone."""

    def __init__(self, settings: OpenAISettings) -> None:
        self._model = settings.model
        self._client = OpenAI(
            api_key=settings.api_key.get_secret_value(),
            base_url=settings.base_url,
            timeout=httpx2.Timeout(settings.timeout_seconds, connect=_CONNECT_SECONDS),
            max_retries=0,
        )

    def ask(self, photo: bytes) -> Reply:
        """What the model says of `photo`, a JPEG.

        Raises:
            ModelUnavailable: it did not answer, or is not willing to at the moment.
        """
        started = time.perf_counter()
        try:
            completion = self._client.chat.completions.create(
                model=self._model,
                messages=messages(photo),
                response_format=ANSWER_FORMAT,
                temperature=0,
                max_completion_tokens=MAX_TOKENS,
                store=False,
            )
        # An error's own text may repeat what was sent: it goes no further than here.
        except APIStatusError as error:
            if error.status_code not in _ABOUT_THE_QUESTION:
                raise _unavailable(error) from None
            _log.warning("model rejects the question", status=error.status_code, code=error.code)
            text, model = _counted("", "rejected"), self._model
        except APITimeoutError:
            MODEL_CALLS.labels(outcome="timeout").inc()
            raise ModelUnavailable("the model did not answer in time") from None
        except APIConnectionError as error:
            MODEL_CALLS.labels(outcome="no-connection").inc()
            cause = type(error.__cause__).__name__
            raise ModelUnavailable(f"no answer from the model ({cause})") from None
        except (APIError, ValueError):  # it answered, but not in the form of its interface
            text, model = _counted("", "garbage"), self._model
        else:
            text, model = _text(completion), _model_of(completion) or self._model
        return Reply(text=text, model=model, seconds=time.perf_counter() - started)

    def close(self) -> None:
        self._client.close()


def _text(completion: ChatCompletion) -> str:
    # The package believes what it is told: an answer of another form arrives here as it came.
    try:
        choice = completion.choices[0]
        text, refusal = choice.message.content, choice.message.refusal
    except (AttributeError, IndexError, TypeError):
        return _counted("", "garbage")
    if refusal or choice.finish_reason == "content_filter":
        return _counted("", "refused")
    return _counted(text, "answered") if isinstance(text, str) else _counted("", "garbage")


def _model_of(completion: ChatCompletion) -> str | None:
    name: object = getattr(completion, "model", None)
    return name[:100] if isinstance(name, str) else None


def _counted(text: str, outcome: str) -> str:
    MODEL_CALLS.labels(outcome=outcome).inc()
    return text


def _unavailable(error: APIStatusError) -> ModelUnavailable:
    limited = isinstance(error, RateLimitError)
    MODEL_CALLS.labels(outcome="rate-limited" if limited else "error").inc()
    return ModelUnavailable(
        f"the model answered {error.status_code} ({error.code or 'no code'})",
        retry_after=retry_after(error.response.headers, now=datetime.now(UTC)),
    )


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float:
    """Seconds that the server asks to be left alone, at most `LONGEST_WAIT`; 0 where that cannot be read."""
    told = headers.get("retry-after", "").strip()
    try:
        seconds = float(told)
    except ValueError:
        try:
            moment = parsedate_to_datetime(told)
        except ValueError:
            return 0
        # A date that names no zone is in UTC.
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return min(max(seconds, 0), LONGEST_WAIT) if math.isfinite(seconds) else 0

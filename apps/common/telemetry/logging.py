"""Structured logs: one JSON object a line on stdout, with request and job, without secrets."""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Mapping, MutableMapping

import structlog

from apps.common.settings import ServiceSettings

_SECRET_NAME = re.compile(
    r"password|secret|token|authorization|api.?key|cookie|credential|signature|verifier", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|(?<=Bearer )\S+"
    r"|\bsk-[\w-]{8,}"  # an OpenAI key
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # credentials of an address
    r"|(?<=X-Amz-Signature=)\w+"
    r"|(?<=[?&]code=)[^&\s]+"
)
_HIDDEN = "[hidden]"
_LONGEST = 2000


def configure(settings: ServiceSettings) -> None:
    """Send every log line of this process, the libraries' too, through one JSON renderer to stdout.

    Fields named like secrets are hidden, and so is what looks like one in any text; bytes (an image, a body)
    are told by their length.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.PositionalArgumentsFormatter(), *shared],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _Identity(settings),
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "json",
                }
            },
            "root": {"handlers": ["stdout"], "level": settings.log_level.upper()},
            "loggers": {
                # Requests are logged once, by our own middleware.
                "uvicorn.access": {"handlers": [], "propagate": False},
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.error": {"handlers": [], "propagate": True},
                "httpx2": {"level": "WARNING"},
                "httpcore2": {"level": "WARNING"},
                "botocore": {"level": "WARNING"},
                "openai": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
            },
        }
    )


class _Identity:
    def __init__(self, settings: ServiceSettings) -> None:
        self._fields = {"service": settings.service_name, "environment": settings.environment}

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        event.update(self._fields)
        return event


def redact(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Hide what looks like a secret or an image in every field of `event`, however deep."""
    for name, value in list(event.items()):
        event[name] = _HIDDEN if _is_secret(name, value) else _shown(value)
    return event


def _is_secret(name: str, value: object) -> bool:
    return bool(_SECRET_NAME.search(name)) and not isinstance(value, bool | int | float)


def _shown(value: object) -> object:
    if isinstance(value, str):
        text = _SECRET_TEXT.sub(_HIDDEN, value)
        return text if len(text) <= _LONGEST or "\n" in text else text[:_LONGEST] + "…"
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if isinstance(value, Mapping):
        return {
            str(key): _HIDDEN if _is_secret(str(key), inner) else _shown(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(inner) for inner in value]
    return value

"""Logs are JSON lines without secrets and images."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from apps.common.settings import ServiceSettings
from apps.common.telemetry.logging import configure, redact

SECRETS = {
    "password": "hunter2",
    "refresh_token": "abc",
    "Authorization": "Bearer abc",
    "client_secret": "abc",
    "OPENAI_API_KEY": "abc",
    "cookie": "state=abc",
    "X-Amz-Signature": "abc",
}
TEXTS = {
    "a token": ("sent eyJhbGciOi.eyJzdWIi.c2ln back", "eyJ"),
    "a header": ("Authorization: Bearer abc.def", "abc.def"),
    "a key of the model": ("key sk-proj-0123456789 refused", "0123456789"),
    "an address with a password": ("amqp://user:hush@rabbitmq:5672/ refused", "hush"),
    "a signed address": ("GET /a?X-Amz-Signature=0a1b2c&x=1", "0a1b2c"),
    "a code of a login": ("GET /callback?code=4%2F0abc&state=1", "4%2F0abc"),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_field_named_like_a_secret_is_hidden_however_deep(name: str) -> None:
    event = redact(
        None, "", {"event": "x", "request": {"headers": {name: SECRETS[name]}}, name: SECRETS[name]}
    )
    assert SECRETS[name] not in json.dumps(event)


@pytest.mark.parametrize(("text", "secret"), TEXTS.values(), ids=TEXTS)
def test_what_looks_like_a_secret_is_hidden_in_any_text(text: str, secret: str) -> None:
    assert secret not in str(redact(None, "", {"event": text})["event"])


def test_bytes_are_told_by_their_length() -> None:
    assert redact(None, "", {"event": "x", "image": b"\xff\xd8" * 100})["image"] == "[200 bytes]"


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), _ANYTHING))
def test_whatever_is_logged_becomes_json(event: dict[str, object]) -> None:
    json.dumps(redact(None, "", event), default=str)


def test_lines_of_libraries_carry_service_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure(ServiceSettings(service_name="shop-service", environment="test"))
        structlog.contextvars.bind_contextvars(request_id="r-1", job_id="j-1")
        logging.getLogger("library").warning("lost %s of %s", 1, "two")
        line = json.loads(capsys.readouterr().out)
    finally:
        structlog.contextvars.clear_contextvars()
        logging.getLogger().handlers[:], logging.getLogger().level = before
    assert {
        "event": "lost 1 of two",
        "service": "shop-service",
        "environment": "test",
    }.items() <= line.items()
    assert {"request_id": "r-1", "job_id": "j-1", "level": "warning"}.items() <= line.items()

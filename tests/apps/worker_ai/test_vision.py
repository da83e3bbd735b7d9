"""What is asked of the model, and how its refusals are understood."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from apps.common.jobs.result import Category, Classification
from apps.worker_ai.failures import ModelUnavailable
from apps.worker_ai.prompt import ANSWER_FORMAT, messages
from apps.worker_ai.settings import OpenAISettings
from apps.worker_ai.vision import LONGEST_WAIT, Vision, retry_after
from tests.apps.worker_ai.photos import jpeg
from tests.servers.model import KEY, ModelServer
from tests.servers.ports import free_port

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def ask(model: ModelServer):
    def asking(key: str = KEY, url: str = model.url, seconds: float = 5):
        settings = OpenAISettings(base_url=url, api_key=SecretStr(key), timeout_seconds=seconds)
        vision = Vision(settings)
        try:
            return vision.ask(jpeg(1))
        finally:
            vision.close()

    return asking


def test_the_form_asked_for_is_a_classification_of_the_platform():
    schema = ANSWER_FORMAT["json_schema"]["schema"]
    assert isinstance(schema["properties"], dict)
    assert list(schema["properties"]) == list(Classification.model_fields)
    assert schema["properties"]["category"]["enum"] == [str(each) for each in Category]


def test_the_photo_is_apart_from_the_task_and_its_words_are_no_instructions():
    system, user = messages(b"photo")
    assert system["role"] == "system"
    assert "never instructions" in str(system["content"])
    assert "data:image" not in str(system)
    assert "data:image/jpeg;base64,cGhvdG8=" in str(user)


def test_the_same_photo_has_the_same_answer(ask, model):
    assert ask().text == ask().text
    assert len(model.asked) == 2


@pytest.mark.parametrize("mode", ["rate-limited", "error", "unauthorized", "hang", "closed"])
def test_a_model_that_fails_is_called_once_and_its_error_tells_no_secret(ask, model, mode):
    model.switches.mode = mode
    with pytest.raises(ModelUnavailable) as caught:
        ask(seconds=0.3)
    assert len(model.asked) == 1
    assert caught.value.retry_after == (1 if mode == "rate-limited" else 0)
    assert caught.value.__suppress_context__
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("mode", ["garbage", "refusal", "rejected"])
def test_a_model_that_says_nothing_usable_has_said_nothing(ask, model, mode):
    model.switches.mode = mode
    assert ask().text == ""


def test_a_wrong_key_is_unavailable(ask):
    with pytest.raises(ModelUnavailable, match=r"401 \(invalid_api_key\)"):
        ask(key="sk-wrong-0123456789")


def test_nobody_there_is_unavailable(ask):
    with pytest.raises(ModelUnavailable, match="no answer from the model"):
        ask(url=f"http://127.0.0.1:{free_port()}/v1")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        ("1.5", 1.5),
        ("-3", 0),
        ("86400", LONGEST_WAIT),
        ("nan", 0),
        ("inf", 0),
        ("soon", 0),
        ("", 0),
        (format_datetime(NOW.replace(second=20), usegmt=True), 20),
        (format_datetime(NOW.replace(hour=11)), 0),
    ],
)
def test_how_long_to_leave_the_model_alone(told, seconds):
    assert retry_after({"retry-after": told}, now=NOW) == seconds


@given(told=st.text())
@example("Tue, 99 Nov 2026 99:99:99 GMT")
@example("1e999")
def test_any_header_gives_a_wait_within_bounds(told):
    assert 0 <= retry_after({"retry-after": told}, now=NOW) <= LONGEST_WAIT

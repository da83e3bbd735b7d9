"""Nobody learns of another's things, nor touches them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from apps.common.jobs.progress import State
from apps.common.jobs.result import Category, Classification, JobResult, StoredResult, result_key
from tests.apps.contract.conftest import NAME

SECRET = "a bottle that nobody else may know of"


@pytest.fixture(scope="module")
def jobs(platform, person, uploaded, database, redis_server):
    """A job of the person in each state, by state: the accepted ones as the workers leave them."""
    waste = platform.services["waste-service"].http
    made = {state: uploaded(person) for state in State}
    for state in set(State) - {State.AWAITING_UPLOAD}:
        accepted = waste.post(f"/api/v1/waste/upload-complete/{made[state]}", headers=person.bearer)
        assert accepted.status_code == 202, accepted.text
    with database.connect("waste") as connection:
        for state in set(State) - {State.AWAITING_UPLOAD, State.QUEUED}:
            connection.execute(
                "UPDATE waste.jobs SET state = %s, ended_at = CASE WHEN %s THEN now() END,"
                " failure_reason = CASE WHEN %s THEN 'image-undecodable' END WHERE id = %s",
                (state, state.terminal, state is State.FAILED, made[state]),
            )
    with redis_server.client() as client:
        client.set(result_key(UUID(made[State.DONE])), _result(person.id, made[State.DONE]), ex=3600)
    return made


def _result(user, job):
    found = Classification(
        item=SECRET,
        material="PET",
        category=Category.PET_BOTTLE,
        disposal_steps=("Empty it.",),
        confidence=0.9,
    )
    result = JobResult(
        job_id=UUID(job), classification=found, feedback=SECRET, cached=False, finished_at=datetime.now(UTC)
    )
    return StoredResult(user_id=user, result=result).model_dump_json()


def told(answer):
    """All that an answer tells, but for its own id and time."""
    of_itself = {"x-request-id", "date"}
    headers = {name: value for name, value in answer.headers.items() if name not in of_itself}
    return answer.status_code, headers, answer.text


def test_the_owner_reaches_them(platform, person, jobs, values):
    owned = {str(each): each for each in platform.protected if each.owned}
    assert owned, "no operation names anything that belongs to somebody"
    for name, operation in owned.items():
        answers = {state: operation.ask(person.bearer, {**values, "job_id": jobs[state]}) for state in State}
        assert {state for state, answer in answers.items() if answer.status_code == 404} == set(), name
    result = owned["GET /api/v1/waste/result/{job_id}"].ask(person.bearer, {"job_id": jobs[State.DONE]})
    assert SECRET in result.text


@pytest.mark.parametrize("state", State)
def test_anothers_is_answered_as_what_there_is_not(  # noqa: PLR0917 - fixtures
    platform, entrance, jobs, stores, values, state
):
    stranger = entrance.newcomer()
    before = stores.content()
    for operation in platform.protected:
        if operation.owned:
            anothers = operation.ask(stranger.bearer, {**values, "job_id": jobs[state]})
            nobodys = operation.ask(stranger.bearer, {**values, "job_id": str(uuid4())})
            assert anothers.status_code == 404, (str(operation), anothers.text)
            assert told(anothers) == told(nobodys), str(operation)
    assert before.changes(stores.content()) == []


def test_whatever_a_stranger_does_tells_and_touches_nothing_of_another(  # noqa: PLR0917 - fixtures
    platform, entrance, person, jobs, stores, values
):
    words = (str(person.id), NAME, *jobs.values(), SECRET)
    before = stores.content()
    assert all(before.naming(word) for word in words)
    for operation in platform.protected:
        stranger = entrance.newcomer()
        answer = operation.ask(stranger.bearer, {**values, "job_id": jobs[State.DONE]})
        assert [word for word in words if word in answer.text] == [], str(operation)
        changes = before.changes(stores.content())
        assert [each for each in changes if any(word in each for word in words)] == [], str(operation)

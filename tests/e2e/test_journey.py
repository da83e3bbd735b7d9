"""What a person does with the app, from the first log-in to the deletion of the account."""

from __future__ import annotations

import uuid

from tests.e2e.app import photo
from tests.e2e.operator_actions import figure
from tests.servers.kakao_map import Placed
from tests.servers.model_answers import answer_about
from tests.servers.waiting import eventually

BIN = Placed(id="1", word="의류수거함", latitude=37.5667, longitude=126.9784)
HERE = {"kind": "clothing", "latitude": 37.5665, "longitude": 126.9780, "radius": 500}


def test_a_photo_is_analysed_once_and_answered_twice(user, model, cluster):
    image = photo()
    calls = len(model.asked)
    first = user.analyze(image)
    named = answer_about(model.asked[-1].image)
    assert first["classification"] == named
    assert not first["cached"]
    second = user.analyze(image)
    assert second["classification"] == named
    assert second["cached"]
    assert len(model.asked) == calls + 1
    assert figure(cluster, "model_calls_total") >= 1


def test_two_people_with_the_same_photo_at_once_cost_one_call(user, model):
    image = photo()
    calls = len(model.asked)
    jobs = [user.submit(image) for _ in range(4)]
    assert [user.wait(job)["state"] for job in jobs] == ["done"] * 4
    assert len(model.asked) == calls + 1


def test_what_is_no_photo_is_refused_before_it_costs_anything(user, model):
    calls = len(model.asked)
    body = {"content_type": "image/jpeg", "size": 9}
    job = user.ask("POST", "/api/v1/waste/analyze", status=201, json=body)
    form = {"data": job["upload"]["fields"], "files": {"file": ("photo", b"not a photo")}}
    assert user.http.post(job["upload"]["url"], **form).status_code in {200, 201, 204}
    user.ask("POST", f"/api/v1/waste/upload-complete/{job['job_id']}", status=422)
    assert len(model.asked) == calls


def test_nobody_sees_another_persons_job(user, identity_provider):
    job = user.submit(photo())
    user.wait(job)
    identity_provider.switches.person = str(uuid.uuid4())
    user.log_in()
    for what in ("status", "result"):
        user.ask("GET", f"/api/v1/waste/{what}/{job}", status=404)


def test_the_history_tells_what_was_analysed(user):
    result = user.analyze(photo())
    history = user.ask("GET", "/api/v1/users/me/history")
    assert [each["item"] for each in history["analyses"]] == [result["classification"]["item"]]


def test_bins_are_found_nearby_and_remembered(user, kakao_map):
    kakao_map.places = [BIN]
    found = user.ask("GET", "/api/v1/locations/bins", params=HERE)
    assert [each["name"] for each in found["bins"]] == [f"{BIN.word} {BIN.id}"]
    asked = len(kakao_map.asked)
    assert user.ask("GET", "/api/v1/locations/bins", params=HERE)["bins"] == found["bins"]
    assert len(kakao_map.asked) == asked


def test_a_deleted_account_leaves_nothing(user, person, cluster, stores):
    job = user.submit(photo())
    user.wait(job)
    words = {user.ask("GET", "/api/v1/users/me")["id"], job, person}
    traces = stores.traces(words)
    assert {"table waste.jobs", "table auth.identities", f"key job:{job}"} <= traces
    assert any(each.startswith("object ") for each in traces)

    user.ask("DELETE", "/api/v1/users/me", status=204)
    user.ask("GET", "/api/v1/users/me", status=401)
    cluster.pod("celery-beat").run("python", "-m", "apps.beat.schedule", "run", "cleanup.cache")
    eventually(lambda: not stores.traces(words), "nothing is left of the account")

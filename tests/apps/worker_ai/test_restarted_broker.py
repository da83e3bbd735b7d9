"""A broker that restarts costs no call of the model."""

from __future__ import annotations

import pytest

from tests.servers.waiting import eventually


@pytest.fixture(scope="module")
def environment(environment):
    """As patient as delivered: a broker takes longer to restart than other tests let the model take."""
    return {name: value for name, value in environment.items() if name != "OPENAI_TIMEOUT_SECONDS"}


def test_a_broker_that_comes_back_while_the_model_answers_costs_no_call(desk, worker, model, rabbitmq):
    model.switches.waits = True
    jobs = [desk.accept() for _ in range(6)]
    eventually(lambda: len(model.waiting.images) == 4, "the model is asked")
    rabbitmq.stop()
    rabbitmq.start()
    model.switches.waits = False
    model.waiting.call()
    desk.done(*jobs)
    assert [each.mode for each in model.asked] == ["well"] * 6

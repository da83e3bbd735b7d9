"""The OpenAPI document tells the truth, and nothing that is sent makes the service fail."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.apps.waste.conftest import PREFIX

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


OPERATIONS = [
    ("POST", "/analyze"),
    ("POST", "/upload-complete/{job_id}"),
    ("GET", "/status/{job_id}"),
    ("GET", "/result/{job_id}"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_asked_is_answered_as_documented(service, app, method, path, mode):
    document = schemathesis.openapi.from_url(f"{service}{PREFIX}/openapi.json")

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(document[PREFIX + path][method].as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {app.token}"}, checks=CHECKS)

    ask()


def test_each_route_documents_its_problems_and_examples(http):
    document = http.get(f"{PREFIX}/openapi.json").json()
    operations = {
        (method, path.removeprefix(PREFIX)): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {(method.lower(), path) for method, path in OPERATIONS}
    for operation in operations.values():
        assert operation["security"] == [{"HTTPBearer": []}]
        for status, answer in operation["responses"].items():
            kind = "application/json" if status.startswith("2") else "application/problem+json"
            assert list(answer["content"]) == [kind]
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    schemas = document["components"]["schemas"]
    assert schemas["Announcement"]["examples"]
    assert schemas["JobStatus"]["properties"]["state"]["examples"] == ["analyzing"]

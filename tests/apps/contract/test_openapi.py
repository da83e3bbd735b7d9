"""Each operation answers whatever is sent as its OpenAPI document says; what it refuses leaves no trace."""

from __future__ import annotations

import importlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import CheckContext, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.common.http import ProblemType
from tests.apps.contract.platform import SERVICES, document_path
from tests.apps.services import problem

if TYPE_CHECKING:
    Case = schemathesis.Case[Any]
    Operation = schemathesis.APIOperation[Any, Any, Any, Any]

CONFIGURATION = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
"""Tokens are the tests' to choose."""

FUZZING = settings(max_examples=30, suppress_health_check=list(HealthCheck), database=None)
SERVICE = pytest.mark.parametrize("name", SERVICES)


def problem_details(_: CheckContext, response: Response, __: Case) -> None:
    """RFC 9457: an error says its type, its title, its own status, and what to do."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        assert response.headers["content-type"] == ["application/problem+json"]
        body = response.json()
        assert re.fullmatch(r"https://growbin\.app/problems/[a-z0-9-]+", body["type"])
        assert (body["status"], bool(body["title"]), bool(body["detail"])) == (
            response.status_code,
            True,
            True,
        )


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    problem_details,
]


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        yield session


@pytest.fixture
def generated(platform, name):
    """The operations of a service, as requests are generated for them."""
    url = platform.services[name].url + document_path(name)
    schema = schemathesis.openapi.from_url(url, config=CONFIGURATION)
    schema.validate()
    return [
        schema[each.path][each.method]
        for each in platform.operations
        if each.service is platform.services[name]
    ]


@pytest.fixture
def check(session, material, stores):
    """Sends the cases, each as somebody else unless its strategy says as whom, and checks all answers."""

    def check(operation: Operation, cases: st.SearchStrategy[tuple[Case, str | None]]) -> None:
        refused: set[str] = set()

        @FUZZING
        @given(cases)
        def ask(sent: tuple[Case, str | None]) -> None:
            case, user = sent[0], sent[1] or str(uuid4())
            bearer = {"Authorization": f"Bearer {material.signed(material.claims(sub=user))}"}
            answer = case.call_and_validate(headers=bearer, checks=CHECKS, session=session)
            if answer.status_code >= HTTPStatus.BAD_REQUEST and not sent[1]:
                refused.add(user)

        ask()
        content = stores.content()
        assert [line for user in refused for line in content.naming(user)] == [], operation.label

    return check


def _valid(operation: Operation) -> st.SearchStrategy[Case]:
    return st.one_of(operation.as_strategy(), *operation.get_strategies_from_examples())


def _own(operation: Operation, values: dict[str, str]) -> dict[str, dict[str, str]]:
    """What `values` has for the operation's parameters, by their place."""
    places = {"path_parameters": operation.path_parameters, "headers": operation.headers}
    return {
        place: found
        for place, parameters in places.items()
        if (found := {each.name: values[each.name] for each in parameters if each.name in values})
    }


@SERVICE
def test_valid_requests_are_answered_as_documented(check, generated, values, person):
    for operation in generated:
        cases = _valid(operation).map(lambda case: (case, None))
        if own := _own(operation, values):
            cases |= operation.as_strategy(**own).map(lambda case: (case, str(person.id)))
        check(operation, cases)


@SERVICE
def test_invalid_requests_are_refused_as_documented(check, generated):
    for operation in generated:
        if operation.path_parameters or operation.query or operation.headers or operation.body:
            cases = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
            check(operation, cases.map(lambda case: (case, None)))


@SERVICE
def test_requests_without_a_token_are_refused_and_leave_no_trace(platform, generated, session, stores):
    protected = {str(each) for each in platform.protected}
    before = stores.content()
    for operation in generated:
        if operation.label not in protected:
            continue

        @FUZZING
        @given(_valid(operation) | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
        def ask(case: Case) -> None:
            answer = case.call_and_validate(checks=CHECKS, session=session)
            # A body that is no JSON is told before anybody looks at who has sent it.
            assert answer.status_code in {401, 422, 400}

        ask()
    assert before.changes(stores.content()) == []


@pytest.mark.parametrize("chunked", [False, True], ids=["length told", "length not told"])
def test_a_body_without_end_is_refused_before_anybody_asks_whose_it_is(platform, stores, chunked):
    before = stores.content()
    for operation in platform.operations:
        if "requestBody" in operation.described:
            body = b'{"x": "' + b"x" * 65_536 + b'"}'
            answer = operation.service.http.request(
                operation.method,
                operation.path,
                headers={"Content-Type": "application/json"},
                content=iter([body[:40_000], body[40_000:]]) if chunked else body,
            )
            assert problem(answer, 413, "content-too-large")
            assert "413" in operation.described["responses"], str(operation)
    assert before.changes(stores.content()) == []


def test_every_error_is_documented_as_a_problem(platform):
    for operation in platform.operations:
        errors = {
            int(each): told for each, told in operation.described["responses"].items() if int(each) >= 400
        }
        assert {kind for told in errors.values() for kind in told["content"]} <= {"application/problem+json"}
        assert operation.described["summary"], str(operation)
        if operation.protected:
            schema = errors[401]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Unauthorized"}, str(operation)
            assert 503 in errors, str(operation)


@SERVICE
def test_every_kind_of_problem_of_a_service_is_documented(platform, name):
    app = name.removesuffix("-service")
    own = importlib.import_module(f"apps.{app}.problems")
    kinds = [each for each in vars(own).values() if isinstance(each, ProblemType)]
    kinds += [kind for each in vars(own).values() if isinstance(each, tuple) for kind in each]
    schemas = platform.document(name)["components"]["schemas"]
    assert kinds
    assert {kind.name: schemas.get(kind.name) for kind in kinds} == {kind.name: kind.schema for kind in kinds}


def test_a_method_that_is_not_documented_is_refused_with_those_that_are(platform, values, person, stores):
    documented: dict[str, set[str]] = {}
    for operation in platform.operations:
        documented.setdefault(operation.path, set()).add(operation.method)
    before = stores.content()
    for operation in platform.operations:
        path = operation.path.format(**values, provider="kakao")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            if method not in documented[operation.path]:
                answer = operation.service.http.request(method, path, headers=person.bearer)
                assert answer.status_code == 405, f"{method} {path}"
                assert set(answer.headers["Allow"].split(", ")) == documented[operation.path]
    assert before.changes(stores.content()) == []

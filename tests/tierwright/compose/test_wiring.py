"""What processes are told follows from what they call: every variable has a flow, and every secret a name."""

from __future__ import annotations

import re

from tierwright.compose.endpoints import migration_name
from tierwright.compose.plan import Plan
from tierwright.compose.secrets import required_secrets, secret_keys
from tierwright.compose.wiring import Wiring, wiring


def told(plan: Plan, workload: str) -> Wiring:
    app, declared = plan.workloads[workload]
    return wiring(plan, workload, app, declared)


def values(plan: Plan, workload: str) -> dict[str, str | None]:
    return {variable.name: variable.value for variable in told(plan, workload).variables}


def test_a_database_is_told_with_the_role_that_it_is_called_as(prod: Plan) -> None:
    batch = values(prod, "batch-worker")

    assert batch["POSTGRES_HOST"] == "postgres.default.svc"
    assert batch["POSTGRES_USER"] == "waste"
    assert batch["POSTGRES_BACKUP_USER"] == "backup"


def test_whoever_talks_to_the_broker_logs_in_as_itself_and_reads_the_queues(prod: Plan) -> None:
    worker = told(prod, "ai-worker")

    assert values(prod, "ai-worker")["RABBITMQ_USER"] == "ai-worker"
    assert worker.reads_messaging
    assert not told(prod, "users-service").reads_messaging


def test_only_callers_of_aws_assume_a_role_and_each_its_own(prod: Plan) -> None:
    roles = {name: values(prod, name).get("AWS_ROLE_ARN") for name in prod.workloads}

    assert {name for name, role in roles.items() if role} == {"waste-service", "ai-worker", "batch-worker"}
    assert len({role for role in roles.values() if role}) == 3


def test_without_an_account_aws_is_reached_with_keys_from_a_secret(dev: Plan) -> None:
    variables = {variable.name: variable for variable in told(dev, "waste-service").variables}

    assert "AWS_ROLE_ARN" not in variables
    assert variables["S3_SECRET_ACCESS_KEY"].secret == "s3"


def test_no_name_is_given_twice_and_no_secret_has_a_value(prod: Plan, dev: Plan) -> None:
    for plan in (prod, dev):
        for name, (app, workload) in plan.workloads.items():
            variables = wiring(plan, name, app, workload).variables
            names = [variable.name for variable in variables]
            assert len(names) == len(set(names)), name
            for variable in variables:
                if re.search("PASSWORD|SECRET|API_KEY", variable.name):
                    assert variable.value is None, f"{name} is told {variable.name} in clear text"
                    assert variable.secret


def test_every_secret_that_is_read_is_asked_of_the_secret_store(prod: Plan) -> None:
    wanted = {(key.namespace, key.secret, key.key) for key in secret_keys(prod)}

    for name, (app, workload) in prod.workloads.items():
        for variable in wiring(prod, name, app, workload).variables:
            if variable.secret:
                assert (app.namespace, variable.secret, variable.key) in wanted
    assert required_secrets(prod) == []


def test_both_ends_of_a_password_are_one_value(prod: Plan) -> None:
    remote = {(key.namespace, key.secret, key.key): key.remote for key in secret_keys(prod)}

    assert remote["waste", "rabbitmq-ai-worker", "password"] == remote["messaging", "rabbitmq", "ai-worker"]
    assert remote["waste", "postgres-waste", "password"] == remote["default", "postgres", "waste"]
    assert remote["waste", "redis", "redis"] == remote["default", "redis", "redis"]


def test_without_a_secret_store_a_person_is_told_what_to_create(dev: Plan) -> None:
    commands = [secret.create_command() for secret in required_secrets(dev)]

    assert any("create secret generic rabbitmq --namespace=messaging" in command for command in commands)
    assert {secret.namespace for secret in required_secrets(dev)} >= {"auth", "waste", "messaging", "default"}


def test_a_migration_is_told_its_database_and_nothing_else(prod: Plan) -> None:
    app = prod.apps["waste"]
    assert app.migration is not None

    names = {each.name for each in wiring(prod, migration_name("waste"), app, app.migration).variables}

    assert {name.partition("_")[0] for name in names} == {"SERVICE", "ENVIRONMENT", "TZ", "POSTGRES"}

"""Names that mean nothing, or two things. The mark ▸ stands where the problem must be reported."""

from __future__ import annotations

import pytest

from tests.tierwright.description.small_platform import Mistake, Project, place_of

PLATFORM, LOCK = "platform.yaml", "images.lock.yaml"
WORKER, SHOP = "apps/mail/app.yaml", "apps/shop/app.yaml"

UNKNOWN = [
    (PLATFORM, "store: rabbitmq", "store: ▸rabitmq", "RabbitMQ store 'rabitmq'", "'rabbitmq'"),
    (PLATFORM, "store: rabbitmq", "store: ▸postgres", "RabbitMQ store 'postgres'", "known here: rabbitmq"),
    (PLATFORM, "queue: q.dead", "queue: ▸q.deed", "queue 'q.deed'", "'q.dead'"),
    (PLATFORM, "{task: dump.database}", "{task: ▸dump.databse}", "task 'dump.databse'", "'dump.database'"),
    (PLATFORM, "reads: [shop]", "reads: [▸shp]", "schema 'shp'", "'shop'"),
    (PLATFORM, "rabbitmq\n    namespace: data", "rabbitmq\n    namespace: ▸dta", "namespace 'dta'", "'data'"),
    (PLATFORM, "metrics:\n    namespace: web", "metrics:\n    namespace: ▸wbe", "namespace 'wbe'", "'web'"),
    (PLATFORM, "{namespace: web}", "{namespace: ▸wbe}", "namespace 'wbe'", "'web'"),
    (PLATFORM, "{front: small", "{▸frnt: small", "tier 'frnt'", "'front'"),
    (PLATFORM, "back: small}", "back: ▸smal}", "pool 'smal'", "'small'"),
    (PLATFORM, "{every_node: true,", "{pool: ▸smal,", "pool 'smal'", "'small'"),
    (PLATFORM, "components: [metrics]", "components: [▸metric]", "component 'metric'", "'metrics'"),
    (PLATFORM, "environments: [prod]", "environments: [▸prd]", "environment 'prd'", "'prod'"),
    (PLATFORM, "calls: [kube-api]", "calls: [▸kube-apii]", "target 'kube-apii'", "'kube-api'"),
    (WORKER, "namespace: data", "namespace: ▸dta", "namespace 'dta'", "'data'"),
    (WORKER, "consumes: [q.mail]", "consumes: [▸q.mial]", "queue 'q.mial'", "'q.mail'"),
    (WORKER, "{name: q.mail", "{name: ▸q.dead", "does not consume queue 'q.dead'", "q.mail"),
    (
        WORKER,
        "[postgres/shop, s3]",
        "[postgres/shop, ▸s4]",
        "target 's4'",
        "known here: kube-api, mail-collector",
    ),
    (WORKER, "[postgres/shop, s3]", "[▸postgres, s3]", "target 'postgres'", "'postgres/shop'"),
    (SHOP, "publishes: [q.mail]", "publishes: [▸q.male]", "queue 'q.male'", "'q.mail'"),
    (
        SHOP,
        "*small\n  calls: [postgres/shop]",
        "*small\n  calls: [▸postgres/shp]",
        "'postgres/shp'",
        "'postgres/shop'",
    ),
    (LOCK, "    shop:", "    ▸shopp:", "app 'shopp' is locked for prod, and there is no such app", "'shop'"),
    (LOCK, "    mail:", "    ▸old: {tag: sha-1234567}\n    mail:", "app 'old' is locked", "remove it"),
    (LOCK, "  prod:", "  ▸staging: {}\n  prod:", "environment 'staging'", "known here: prod"),
]
TWICE = [
    (
        PLATFORM,
        "number: 2",
        "number: ▸1",
        "number '1' stands already at platform.yaml:6:13",
        "another number",
    ),
    (
        PLATFORM,
        "      data: {pod",
        "      ▸web: {}\n      data: {pod",
        "namespace 'web' stands already",
        "one tier",
    ),
    (
        PLATFORM,
        "dead: {",
        "dead: {time_limit: 1s, tasks: {▸mail.send: {seconds: 1}}, ",
        "task 'mail.send'",
        "one queue",
    ),
    (
        SHOP,
        "  shop-service:",
        "  ▸mail-worker:",
        "'mail-worker' stands already at apps/mail/app.yaml:4:3",
        "rename",
    ),
    (SHOP, "  shop-service:", "  ▸rabbitmq:", "'rabbitmq' stands already at platform.yaml:31:3", "rename"),
    (SHOP, "app: shop", "app: ▸mail", "app 'mail' stands already at apps/mail/app.yaml:1:6", "another name"),
]


@pytest.mark.parametrize("mistake", [Mistake(*row) for row in (*UNKNOWN, *TWICE)])
def test_one_wrong_name_is_one_problem(project: Project, mistake: Mistake) -> None:
    project.must_tell(mistake)


MISSING = [
    (PLATFORM, "      binding: mail.#\n", "", "no binding", "`binding: ai.#`", "platform.yaml:21:5"),
    (PLATFORM, "      time_limit: 60s\n", "", "no time_limit", "`time_limit: 300s`", "platform.yaml:21:5"),
    (PLATFORM, ", back: small}", "}", "tier 'back' has no pool", "`back: <pool>`", "platform.yaml:60:3"),
    (PLATFORM, "registry: ghcr.io/shop\n", "", "no registry", "`registry:`", "platform.yaml:1:1"),
    (PLATFORM, "    aws: {", "    #", "come from AWS", "{type: manual}", "platform.yaml:79:14"),
    (
        LOCK,
        "    shop:",
        "    #",
        "app 'shop' is locked for prod",
        "under images.prod",
        "images.lock.yaml:3:3",
    ),
]


@pytest.mark.parametrize("mistake", [Mistake(*row) for row in MISSING])
def test_what_is_missing_is_reported_where_it_belongs(project: Project, mistake: Mistake) -> None:
    project.must_tell(mistake)


def test_two_workloads_on_one_route_are_told_at_the_second(project: Project) -> None:
    worker = project.read(WORKER)
    start, end = worker.index("    kind:"), worker.index("    resources:")
    project.change(WORKER, worker[start:end], "    kind: api\n    command: [serve]\n    route: /shop\n")
    project.change(WORKER, "consumes: [q.dead]", "consumes: [q.dead, q.mail]")
    (problem,) = project.problems()
    assert place_of(problem) == "apps/shop/app.yaml:8:12"
    assert problem.message == "route '/shop' stands already at apps/mail/app.yaml:7:12"
    assert problem.mend == "give one of the two another path"


def test_the_image_lock_may_only_be_missing_without_apps(project: Project) -> None:
    (project.root / LOCK).unlink()
    (problem,) = project.problems()
    assert problem.message == "images.lock.yaml is missing: no image of an app is known"
    (project.root / WORKER).unlink()
    (project.root / SHOP).unlink()
    assert project.problems() == []

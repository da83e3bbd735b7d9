"""Mistakes that one file shows by itself. The mark ▸ stands where the problem must be reported."""

from __future__ import annotations

import pytest

from tests.tierwright.description.small_platform import Mistake, Project

PLATFORM, LOCK = "platform.yaml", "images.lock.yaml"
WORKER, SHOP = "apps/mail/app.yaml", "apps/shop/app.yaml"
RANGES = "ranges: {nodes: 10.0.0.0/16, pods: 10.1.0.0/16, services: 10.2.0.0/16}"
SCALE = "{min: 1, max: 3, queue: {name: q.mail, messages: 10}}"

KEYS = [
    (PLATFORM, "timezone:", "▸timezon:", "unknown key 'timezon'", "'timezone'"),
    (
        PLATFORM,
        "    priority: 500",
        "    ▸zzz: 1\n    priority: 500",
        "'zzz' in tiers.front",
        "known here: names",
    ),
    (PLATFORM, "{schema: shop}", "{▸shema: shop}", "'shema' in stores.postgres.roles.shop", "'schema'"),
    (PLATFORM, "  front:\n    number: 1", "  front:\n    ▸nmber: 1", "unknown key 'nmber'", "'number'"),
    (
        PLATFORM,
        "    number: 1\n    prio",
        "    ▸prio",
        "tiers.front.number is missing",
        "`number:` in tiers.front",
    ),
    (PLATFORM, "{BUCKET:", "{▸bucket:", "key 'bucket' in externals.s3.variables", "for example S3_BUCKET"),
    (WORKER, "mail-worker:", "▸Mail_Worker:", "key 'Mail_Worker' in workloads is not a name", "ai-worker"),
    (WORKER, "cpu: 10m", "▸cup: 10m", "unknown key 'cup'", "'cpu'"),
    (WORKER, "    pool:", "    ▸route: /x\n    pool:", "unknown key 'route'", "did you mean"),
    (WORKER, "    pool:", "    ▸worker: {worker: {}}\n    pool:", "unknown key 'worker'", "calls, command"),
]
KINDS = [
    (PLATFORM, "platform: shop", "platform: ▸[shop]", "platform is a list, not text", "quotes"),
    (PLATFORM, 'kubernetes: "1.28"', "kubernetes: ▸1.28", "is the number 1.28, not text", "quotes"),
    (PLATFORM, "{BUCKET: shop}", "{BUCKET: ▸yes}", "is true, not text", "quotes"),
    (PLATFORM, "aws: true", 'aws: ▸"true"', "is 'true', not true or false", "without quotes"),
    (PLATFORM, "{seconds: 0.5}", '{seconds: ▸"0.5"}', "is '0.5', not a number", "without quotes"),
    (PLATFORM, "2027-02-15", "▸20270215", "is the number 20270215, not a date", "2027-02-15"),
    (PLATFORM, "2027-02-15", "▸2027-02-30", "is '2027-02-30', not a date", "year-month-day"),
    (PLATFORM, "secrets: {type: parameter-store}", "secrets: ▸manual", "not a mapping", "key: value"),
    (PLATFORM, RANGES, "ranges: ▸[]", "ranges is a list, not a mapping", "key: value"),
    (WORKER, "concurrency: 4", 'concurrency: ▸"4"', "is '4', not a whole number", "digits only"),
    (WORKER, "concurrency: 4", "concurrency: ▸yes", "is true, not a whole number", "digits only"),
    (WORKER, "concurrency: 4", "concurrency: ▸1.5", "is the number 1.5, not a whole number", "digits only"),
    (WORKER, "concurrency: 4", "concurrency:▸", "concurrency is empty, not a whole number", "digits only"),
    (WORKER, "consumes: [q.mail]", "consumes: ▸q.mail", "is 'q.mail', not a list", "[item, item]"),
    (WORKER, "consumes: [q.mail]", "consumes: ▸[]", "consumes is empty", "at least one"),
    (WORKER, "consumes: [q.mail]", "consumes: [▸7]", "consumes[0] is the number 7, not text", "quotes"),
    (SHOP, "publishes: [q.mail]", "publishes: ▸{q.mail: 1}", "is a mapping, not a list", "[item, item]"),
]
CHOICES = [
    (PLATFORM, "type: postgres", "type: ▸postgresql", "is 'postgresql', which is none", "'postgres'"),
    (PLATFORM, "target_type: ip", "target_type: ▸node", "is 'node', which is none", "instance, ip"),
    (PLATFORM, "secrets: {type: parameter-store}", "secrets: ▸{}", "secrets.type is missing", "`type:`"),
    (PLATFORM, "reads: [shop]", "reads: ▸al", "('al') is neither all nor a list", "write all"),
    (PLATFORM, "reads: [shop]", "reads: [▸Shop]", "reads[0] ('Shop') is not a name", "small letters"),
    (WORKER, "kind: worker", "kind: ▸wrker", "is 'wrker', which is none", "'worker'"),
    (WORKER, "kind: worker", "kind: ▸[x]", "is a list, which is none", "api, consumer"),
    (WORKER, "    kind: worker\n    comm", "    ▸comm", "mail-worker has no kind", "api, consumer"),
    (LOCK, "version: 1", "version: ▸2", "is the number 2, which is none", "1"),
]
FORMS = [
    (PLATFORM, "host: shop.example", "host: ▸Shop example", "('Shop example') is not a host name", "small"),
    (PLATFORM, "disk: 40Gi", "disk: ▸0Gi", "holds nothing", "20Gi"),
    (PLATFORM, "timezone: Asia/Seoul", "timezone: ▸Mars/Phobos", "is no time zone", "Asia/Seoul"),
    (PLATFORM, 'kubernetes: "1.28"', 'kubernetes: ▸"1.20"', "1.20 has no schemas", "one of 1."),
    (PLATFORM, "front: small", "front: ▸Small", "('Small') is not a name", "small letters"),
    (PLATFORM, "ttl: 300s", "ttl: ▸300", "(the number 300) is not a duration", "300s"),
    (PLATFORM, "ttl: 300s", "ttl: ▸5 minutes", "('5 minutes') is not a duration", "5m"),
    (PLATFORM, "ttl: 300s", "ttl: ▸1ms", "whole seconds", "1s or more"),
    (PLATFORM, "nodes: 10.0.0.0/16", "nodes: ▸10.0.0.0/33", "is not an address range", "10.0.0.0/16"),
    (PLATFORM, "nodes: 10.0.0.0/16", "nodes: ▸10.0.1.0/16", "does not begin where", "write 10.0.0.0/16"),
    (PLATFORM, "nodes: 10.0.0.0/16", "nodes: ▸10.0.1.0", "is one address", "10.0.1.0/32"),
    (PLATFORM, '"0 2 * * *"', "▸0 2 * *", "has 4 fields", "0 2 * * *"),
    (PLATFORM, '"0 2 * * *"', "▸0 24 * * *", "has '24' for its hour", "from 0 to 23"),
    (PLATFORM, '"0 2 * * *"', "▸0 2 * * 5-1", "has '5-1' for its weekday", "from 0 to 6"),
    (PLATFORM, "version: 1.2.3", "version: ▸^1.2", "('^1.2') is not one exact version", "1.16.2"),
    (PLATFORM, '"tier=back:NoSchedule"', "▸tier=back:Never", "is not a taint", "kubectl"),
    (PLATFORM, '"111122223333"', '▸"1111-2222"', "is not an AWS account", "12 digits"),
    (PLATFORM, "region: eu-west-1", "region: ▸Europe", "is not a region", "ap-northeast-2"),
    (PLATFORM, "docker.io/library/postgres:17.7", "▸postgres", "is not an image", "registry/"),
    (PLATFORM, "[apps/Deployment]", "[▸deployments]", "is not a kind", "apps/Deployment"),
    (PLATFORM, "rule: budget/owner-cost", "rule: ▸owner-cost", "is not a rule", "family/name"),
    (PLATFORM, "The owner has agreed to it.", "▸ok", "reason is too short: 'ok'", "10 characters"),
    (WORKER, "cpu: 10m", "cpu: ▸10x", "('10x') is not a quantity", "250m"),
    (WORKER, "cpu: 10m", "cpu: ▸-1", "(the number -1) is negative", "0 or more"),
    (WORKER, "cpu: 10m", "cpu: ▸[1]", "requests.cpu is not a quantity", "250m"),
    (SHOP, "route: /shop", "route: ▸/shop/*", "('/shop/*') is not a path prefix", "/api/v1/users"),
    (SHOP, "path: /etc/keys", "path: ▸keys", "is not an absolute path", "/etc/token-keys"),
    (LOCK, "sha-0000000, digest: null", "sha-0000000, digest: ▸sha256:1", "is not a digest", "64"),
    (LOCK, "{tag: sha-0000000}", "{tag: ▸latest}", "('latest') is not an image's tag", "sha-"),
]
SIZES = [
    (
        WORKER,
        "limits: {cpu: 100m",
        "limits: {cpu: 5m",
        "requests 10m cpu and is limited to 5m",
        "raise the limit or lower the request",
        "apps/mail/app.yaml:11:16",
    ),
    (PLATFORM, "number: 2", "number: ▸100", "is the number 100: too large", "at most 99"),
    (PLATFORM, "{seconds: 0.5}", "{seconds: ▸0}", "is the number 0: too small", "more than 0"),
    (WORKER, "concurrency: 4", "concurrency: ▸0", "is the number 0: too small", "at least 1"),
    (WORKER, SCALE, "▸{min: 4, max: 3, cpu: 70}", "has max 3 below min 4", "raise max"),
    (WORKER, SCALE, "▸{min: 1, max: 3}", "may grow, but not by what", "`cpu: 70`"),
    (WORKER, SCALE, "▸{cpu: 5, queue: {name: q.mail, messages: 1}}", "at once", "remove one"),
    (
        PLATFORM,
        "{instance: t3.medium, nodes: 1,",
        "▸{instance: t3.medium, nodes: 3, max_nodes: 2,",
        "max_nodes 2 below",
        "raise",
    ),
    (PLATFORM, "{instance: t3.medium,", "▸{cpu: 2,", "small has no size", "both `cpu:` and `memory:`"),
    (PLATFORM, "{instance: t3.medium,", "▸{instance: t3.medium, cpu: 2,", "and a size", "remove `instance:`"),
    (PLATFORM, "{every_node: true,", "▸{", "proxy has no place", "`every_node: true`"),
    (PLATFORM, "{every_node: true,", "▸{every_node: true, pool: small,", "both a pool", "remove one"),
    (
        PLATFORM,
        "{calls: [kube-api], resources: *small}",
        "▸{calls: [kube-api]}",
        "no resources",
        "`containers:`",
    ),
    (
        PLATFORM,
        "{calls: [kube-api],",
        "▸{containers: {a: *small},",
        "both resources and containers",
        "remove one",
    ),
    (PLATFORM, "{calls: [kube-api],", "▸{route: /m,", "has a route and no way there", "`service:`"),
    (
        PLATFORM,
        "externals:",
        (
            "  cache: ▸{type: redis, namespace: data, image: 'docker.io/library/redis:7.4.7', user: 999,"
            " eviction: noeviction, replicas: 3, resources: *small}\nexternals:"
        ),
        "has replicas and nothing to keep their role on",
        "give it a volume",
    ),
]


@pytest.mark.parametrize("mistake", [Mistake(*row) for row in (*KEYS, *KINDS, *CHOICES, *FORMS, *SIZES)])
def test_one_mistake_is_one_problem(project: Project, mistake: Mistake) -> None:
    project.must_tell(mistake)


@pytest.mark.parametrize(
    "schedule", ["* * * * *", "*/5 0-6 1,15 * 0", "0 0-23/2 1-31 12 6", "59 23 31 1 1-5"]
)
def test_a_cron_schedule_has_lists_ranges_and_steps(project: Project, schedule: str) -> None:
    project.change(PLATFORM, "0 2 * * *", schedule)
    assert project.problems() == []

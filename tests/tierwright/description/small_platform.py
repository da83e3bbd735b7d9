"""A small platform that is right; a test breaks it in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tierwright.description.loading import load
from tierwright.description.problems import DescriptionError, Problem

HERE = "▸"
"""Stands in a changed text where the problem must be reported."""

FILES = {
    "platform.yaml": """\
platform: shop
timezone: Asia/Seoul
registry: ghcr.io/shop
tiers:
  front:
    number: 1
    priority: 500
    namespaces: {web: {}}
  back:
    number: 2
    priority: 100
    rollout: {max_surge: 0, max_unavailable: 1}
    namespaces:
      data: {pod_security: restricted}
messaging:
  store: rabbitmq
  exchange: tasks
  dead_letter_exchange: dlx
  dead_letter_queue: q.dead
  queues:
    q.mail:
      binding: mail.#
      max_length: 100
      ttl: 300s
      time_limit: 60s
      tasks:
        mail.send: {seconds: 0.5}
        dump.database: {seconds: 60, schedule: "0 2 * * *"}
    q.dead: {max_length: 100}
stores:
  rabbitmq:
    type: rabbitmq
    namespace: data
    image: docker.io/library/rabbitmq:4.2.1
    user: 999
    volume: 1Gi
    resources: &small {requests: {cpu: 10m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
  postgres:
    type: postgres
    namespace: data
    image: docker.io/library/postgres:17.7
    user: 999
    volume: 1Gi
    database: shop
    roles:
      shop: {schema: shop}
      report: {schema: report, reads: [shop]}
    backup: {task: dump.database}
    resources: *small
externals:
  s3: {aws: true, variables: {BUCKET: shop}}
components:
  metrics:
    namespace: web
    chart: {repository: https://charts.example, name: metrics, version: 1.2.3}
    kinds: [apps/Deployment]
    pods:
      metrics-server: {calls: [kube-api], resources: *small}
environments:
  prod:
    cluster:
      kubernetes: "1.28"
      cni: vpc
      ranges: {nodes: 10.0.0.0/16, pods: 10.1.0.0/16, services: 10.2.0.0/16}
      pods:
        proxy: {every_node: true, cpu: 10m}
    pools:
      small: {instance: t3.medium, nodes: 1, disk: 40Gi, taints: ["tier=back:NoSchedule"]}
    placement: {front: small, back: small}
    aws: {region: eu-west-1, account: "111122223333", identity: webhook}
    ingress:
      type: alb
      group: shop
      host: shop.example
      target_type: ip
      sources: [10.0.0.0/24]
      certificate: {arn: "arn:aws:acm:eu-west-1:111122223333:certificate/0", names: [shop.example]}
      default_route: {namespace: web}
    secrets: {type: parameter-store}
    components: [metrics]
waivers:
  - rule: budget/owner-cost
    object: Deployment/web/shop
    owner: platform-team
    reason: The owner has agreed to it.
    expires: 2027-02-15
    environments: [prod]
""",
    "images.lock.yaml": """\
version: 1
images:
  prod:
    mail: {tag: sha-0000000, digest: null}
    shop: {tag: sha-0000000}
""",
    "apps/mail/app.yaml": """\
app: mail
namespace: data
workloads:
  mail-worker:
    kind: worker
    command: [celery, worker]
    pool: gevent
    concurrency: 4
    consumes: [q.mail]
    replicas: {min: 1, max: 3, queue: {name: q.mail, messages: 10}}
    resources: &small
      requests: {cpu: 10m, memory: 64Mi}
      limits: {cpu: 100m, memory: 128Mi}
    calls: [postgres/shop, s3]
  mail-collector:
    kind: consumer
    command: [collect]
    consumes: [q.dead]
    resources: {requests: {cpu: 5m, memory: 32Mi}, limits: {cpu: 50m, memory: 48Mi}}
""",
    "apps/shop/app.yaml": """\
app: shop
namespace: web
workloads:
  shop-service:
    kind: api
    command: [uvicorn, shop]
    port: 8000
    route: /shop
    replicas: {min: 2, max: 5, cpu: 70}
    resources: &small
      requests: {cpu: 10m, memory: 64Mi}
      limits: {cpu: 100m, memory: 128Mi}
    calls: [postgres/shop]
    publishes: [q.mail]
    secret_files:
      keys: {path: /etc/keys, keys: [jwks.json]}
migration:
  command: [alembic, upgrade]
  resources: *small
  calls: [postgres/shop]
""",
}


class Mistake(NamedTuple):
    """A change of one file, and the only problem that it must make."""

    file: str
    old: str
    new: str
    message: str
    mend: str
    place: str = ""
    """file:line:column where the new text has no mark."""


@dataclass(frozen=True)
class Project:
    """The small platform's files in a folder."""

    root: Path

    def change(self, file: str, old: str, new: str) -> str:
        """Replace the only occurrence of a text; returns the place of the mark in the new one."""
        text = self.read(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        before, mark, _ = text.replace(old, new).partition(HERE)
        self.write(file, text.replace(old, new.replace(HERE, "")))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"{file}:{line}:{column}" if mark else ""

    def read(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.root / file).parent.mkdir(parents=True, exist_ok=True)
        (self.root / file).write_text(text, encoding="utf-8")

    def must_tell(self, mistake: Mistake) -> None:
        """One mistake is one problem, at its place, with its reason and its mend."""
        place = self.change(mistake.file, mistake.old, mistake.new) or mistake.place
        (problem,) = self.problems()
        assert place_of(problem) == place
        assert mistake.message in problem.message
        assert mistake.mend in problem.mend

    def problems(self) -> list[Problem]:
        """What `load` finds wrong; nothing for a description that is right."""
        try:
            load(self.root)
        except DescriptionError as error:
            return list(error.problems)
        return []


def lay_out(root: Path) -> Project:
    project = Project(root)
    for file, text in FILES.items():
        project.write(file, text)
    return project


def place_of(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column}"

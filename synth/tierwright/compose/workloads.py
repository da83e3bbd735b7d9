"""The workloads of an app: services, workers, the scheduler, consumers, and the migration before them."""

from __future__ import annotations

import json

from tiered.chart import Chart
from tiered.stores.store import digest
from tiered.workloads.api_service import ApiService
from tiered.workloads.autoscaling import Replicas as Scale
from tiered.workloads.celery_beat import CeleryBeat
from tiered.workloads.celery_worker import CeleryWorker
from tiered.workloads.consumer import Consumer
from tiered.workloads.migration import Migration
from tiered.workloads.program import Program
from tierwright.compose.endpoints import migration_name
from tierwright.compose.plan import Plan, resources
from tierwright.compose.topology import topology
from tierwright.compose.wiring import Runnable, Wiring, wiring
from tierwright.description import workloads as described


def add_workloads(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add every workload and migration that lives in a namespace to its chart."""
    for app in plan.apps.values():
        if app.namespace != namespace:
            continue
        for name, workload in app.workloads.items():
            _add(plan, chart, app, name, workload)
        if app.migration is not None:
            Migration(
                chart,
                app.app,
                program=_program(plan, app, migration_name(app.app), app.migration),
                placement=plan.placement(namespace),
                deadline_seconds=app.migration.timeout,
                origin=app.migration.origin,
            )


def node_ports(plan: Plan) -> bool:
    """Whether routed Services need a port on the nodes for the load balancer."""
    ingress = plan.environment.ingress
    return ingress is not None and ingress.type == "alb" and ingress.target_type == "instance"


def _program(plan: Plan, app: described.App, name: str, runnable: Runnable) -> Program:
    told: Wiring = wiring(plan, name, app, runnable)
    return Program(
        image=plan.image(app.app),
        command=runnable.command,
        resources=resources(runnable.resources),
        environment=told.variables,
        volumes=told.volumes,
        tmp_size=runnable.scratch,
        account_annotations=dict(told.account_annotations),
        pod_annotations=_messaging_digest(plan) if told.reads_messaging else {},
    )


def _messaging_digest(plan: Plan) -> dict[str, str]:
    """Makes pods roll when the queues change: they read them when they start."""
    messaging = plan.platform.messaging
    return digest({"messaging": json.dumps(topology(plan, messaging).document())}) if messaging else {}


def _add(plan: Plan, chart: Chart, app: described.App, name: str, workload: described.Workload) -> None:
    program = _program(plan, app, name, workload)
    placement = plan.placement(app.namespace, workload=name)
    rollout = plan.rollout(app.namespace, workload.rollout)
    match workload:
        case described.Api():
            ApiService(
                chart,
                name,
                program=program,
                placement=placement,
                port=workload.port,
                replicas=plan.scale(workload.replicas),
                rollout=rollout,
                exposed="node-port" if workload.route and node_ports(plan) else "cluster",
            )
        case described.Worker():
            CeleryWorker(
                chart,
                name,
                program=program,
                placement=placement,
                pool=workload.pool,
                concurrency=workload.concurrency,
                queues=workload.consumes,
                time_limit_seconds=_time_limit(plan, workload),
                replicas=plan.scale(workload.replicas),
                rollout=rollout,
                metrics_port=workload.metrics,
            )
        case described.Scheduler():
            CeleryBeat(
                chart,
                name,
                program=program,
                placement=placement,
                replicas=workload.replicas,
                metrics_port=workload.metrics,
            )
        case described.Consumer():
            Consumer(
                chart,
                name,
                program=program,
                placement=placement,
                replicas=Scale(minimum=plan.replicas(workload.replicas)),
                rollout=rollout,
                metrics_port=workload.metrics,
            )


def _time_limit(plan: Plan, worker: described.Worker) -> int:
    """The longest that a task of the worker's queues may take, in seconds."""
    messaging = plan.platform.messaging
    queues = messaging.queues if messaging else {}
    return max((queues[name].time_limit or 0 for name in worker.consumes), default=0)

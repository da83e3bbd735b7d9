"""Argo CD for the first time, and the Application that brings all the others, itself included."""

from __future__ import annotations

import shlex

from tiered.emitter import emit
from tierwright.cluster.script import Section
from tierwright.compose import components
from tierwright.compose.plan import Plan
from tierwright.description.components import Component
from tierwright.description.problems import DescriptionError, Problem

ROOT = "The root Application"
_HEALTHY = "{.status.health.status}=Healthy"


def owner(plan: Plan) -> tuple[str, Component]:
    """The component that is Argo CD.

    Raises:
        DescriptionError: the environment installs none.
    """
    name = plan.provider("gitops")
    if name is None:
        mend = "add a component that `provides: [gitops]` to its components"
        reason = f"environment {plan.name!r} installs no Argo CD, and nobody would pull dist"
        raise DescriptionError([Problem.at(plan.environment.origin, reason, mend)])
    return name, plan.components[name]


def values(plan: Plan) -> str:
    """The values of Argo CD's chart as its own Application has them, as YAML."""
    return emit(components.values(plan, owner(plan)[1]))


def install_section(plan: Plan) -> Section:
    """Install the chart as its Application will: same release, same values, so that it changes nothing."""
    name, component = owner(plan)
    chart, namespace = component.chart, component.namespace
    is_web = chart.repository.startswith("http")
    source = (
        f"{shlex.quote(chart.name)} --repo {shlex.quote(chart.repository)}"
        if is_web
        else shlex.quote(f"oci://{chart.repository}/{chart.name}")
    )
    folder = f"dist/{plan.name}/{plan.folder(namespace)}"
    return Section(
        "Argo CD",
        [
            "With the release and the values of its own Application, which takes it over from here.",
            "A private repository needs a Secret labelled argocd.argoproj.io/secret-type=repository first.",
        ],
        [
            f"kubectl apply --server-side --filename={folder}/Namespace-{namespace}.yaml",
            f"helm upgrade --install {name} {source} --version {chart.version} \\",
            f"  --namespace {namespace} --values <(tierwright bootstrap --env {plan.name} --values) --wait",
        ],
    )


def root_section(plan: Plan) -> Section:
    """Apply the one Application that a person applies, and wait for all that it brings."""
    platform, namespace = plan.platform.platform, owner(plan)[1].namespace
    files = " ".join(
        f"--filename=dist/{plan.name}/argocd/{kind}-{platform}.yaml" for kind in ("AppProject", "Application")
    )
    return Section(
        ROOT,
        ["It lies in the folder that it watches. From here on git is what counts."],
        [
            f"kubectl apply --server-side {files}",
            f"kubectl wait application/{platform} --namespace={namespace} --timeout=30m \\",
            f"  --for=jsonpath='{_HEALTHY}'",
        ],
    )

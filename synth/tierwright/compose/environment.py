"""The whole of one environment: a construct tree in a cdk8s app, and the folder of dist for each chart."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from tiered.chart import Chart
from tiered.errors import TieredError
from tierwright.compose.cluster import add_cluster_objects
from tierwright.compose.flows import flows
from tierwright.compose.gitops import CLUSTER_FOLDER, GITOPS_FOLDER, gitops_chart
from tierwright.compose.namespaces import common_labels, inhabited, namespace_chart
from tierwright.compose.plan import Plan
from tierwright.description.problems import DescriptionError, Problem


def compose(plan: Plan, scope: Construct) -> Mapping[str, Chart]:
    """Build the charts of an environment.

    Returns:
        The charts by their folder below dist/<environment>.

    Raises:
        DescriptionError: something cannot be generated from what is described.
    """
    git = plan.platform.git
    if git is None:
        mend = "add `git: {url: https://…, branch: main}`: Argo CD pulls from there"
        raise DescriptionError([Problem.at(plan.platform.origin, "no git repository is given", mend)])
    declared = flows(plan)
    try:
        root = Construct(scope, plan.name)
        namespaces = Construct(root, "namespaces")
        cluster = Chart(root, "cluster", labels=common_labels(plan))
        add_cluster_objects(plan, cluster)
        charts = {name: namespace_chart(plan, namespaces, name, declared) for name in inhabited(plan)}
        gitops = gitops_chart(plan, root, git, charts, cluster)
    except TieredError as error:
        reason, _, mend = str(error).partition(": ")
        problem = Problem.at(plan.environment.origin, f"{plan.name}: {reason}", mend)
        raise DescriptionError([problem]) from error
    return {
        GITOPS_FOLDER: gitops,
        CLUSTER_FOLDER: cluster,
        **{plan.folder(name): chart for name, chart in charts.items()},
    }

"""Everything that stands before the first sync of an environment, in the order in which it is needed."""

from __future__ import annotations

from tierwright.cluster import address, argocd, buckets, control_plane, identity, nodes, secrets
from tierwright.cluster.script import Section, script
from tierwright.compose.plan import Plan


def sections(plan: Plan) -> list[Section]:
    """The steps; one that this environment does not need has no lines.

    Raises:
        DescriptionError: the environment installs no Argo CD.
    """
    return [
        nodes.section(plan),
        nodes.provider_section(plan),
        nodes.pinned_section(plan),
        control_plane.metrics_section(plan),
        identity.issuer_section(plan),
        identity.roles_section(plan),
        buckets.section(plan),
        address.certificate_section(plan),
        secrets.section(plan),
        _doctor(plan),
        argocd.install_section(plan),
        argocd.root_section(plan),
        address.records_section(plan),
    ]


def bootstrap(plan: Plan) -> str:
    """The script.

    Raises:
        DescriptionError: the environment installs no Argo CD.
    """
    aws = ", aws" if plan.environment.aws is not None else ""
    heading = [
        f"From a bare cluster to environment {plan.name} of {plan.platform.platform}, made by tierwright.",
        "Read it, and run it in bash from the root of the repository, whole or by steps. It needs kubectl,",
        f"helm{aws}, openssl and tierwright, and may run again: what is there stays.",
    ]
    return script(heading, sections(plan))


def _doctor(plan: Plan) -> Section:
    return Section(
        "What dist needs, against what is there",
        ["It ends here if something is missing."],
        [
            f"tierwright doctor --env {plan.name} --nodes <(kubectl get nodes --output=json) \\",
            "  --crds <(kubectl get customresourcedefinitions --output=json)",
        ],
    )

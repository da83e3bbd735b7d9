"""Description -> constructs -> files -> judgement: everything up to, but not including, the swap."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tiered.secrets.required_secret import RequiredSecret, variables_of
from tierpolicies.judgement import judge
from tierpolicies.report import markdown
from tierpolicies.report.model import Report
from tierwright.description.loading import Description
from tierwright.facts import facts
from tierwright.node import choose_node
from tierwright.output.tree import Tree, write


@dataclass(frozen=True)
class Synthesized:
    """One environment: its files by path below dist/<environment>, and the judge's report on them."""

    environment: str
    files: Mapping[str, bytes]
    report: Report


def synthesize(
    description: Description, environments: Sequence[str], *, today: date, progress: Callable[[str], None]
) -> list[Synthesized]:
    """Generate and judge environments. Nothing outside a temporary folder is written.

    Raises:
        DescriptionError: something cannot be generated from what is described.
        NodeMissingError: there is no Node for cdk8s.
    """
    progress("starting cdk8s")
    choose_node()
    import cdk8s  # starts Node, which takes as long as everything else

    from tierwright.compose.environment import compose  # imports cdk8s
    from tierwright.compose.plan import Plan  # together with its only user here
    from tierwright.compose.secrets import required_secrets  # imports cdk8s
    from tierwright.rendering import render  # imports cdk8s

    app = cdk8s.App()
    results = []
    for name in environments:
        progress(f"composing {name}")
        plan = Plan(description, name)
        rendered = render(compose(plan, app))
        progress(f"checking {name}")
        with tempfile.TemporaryDirectory(prefix="tierwright-") as folder:
            written = Path(folder, "dist", name)
            written.parent.mkdir()
            write(Tree(rendered.complete()), written)
            report = judge(written, platform=facts(description.platform, name), today=today)
        page = markdown.render(report) + _by_hand(required_secrets(plan))
        results.append(Synthesized(name, rendered.complete(page), report))
    return results


def _by_hand(secrets: Sequence[RequiredSecret]) -> str:
    """The section of the report about Secrets that a person creates, where no secret store does."""
    if not secrets:
        return ""
    variables = "\n".join(
        f"read -rs {name}  # typed or pasted, shown nowhere" for name in variables_of(secrets)
    )
    commands = "\n".join(secret.create_command() for secret in secrets)
    return (
        "\n## Secrets to create by hand\n\nBefore the first sync, once the namespaces exist:\n\n"
        f"```sh\n{variables}\n{commands}\n```\n"
    )

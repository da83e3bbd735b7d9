"""Description -> constructs -> files -> judgement: everything up to, but not including, the swap."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tiered.secrets.required_secret import RequiredSecret, variables_of
from tierpolicies.judgement import judge
from tierpolicies.report import markdown
from tierpolicies.report.model import Report
from tierwright.description.loading import Description
from tierwright.facts import facts
from tierwright.node import node_chosen
from tierwright.output.errors import naming
from tierwright.output.tree import Tree, write
from tierwright.rendering import Rendered, render

if TYPE_CHECKING:
    from tierwright.compose.plan import Plan

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Synthesized:
    """One environment: its files by path below dist/<environment>, and the judge's report on them."""

    environment: str
    files: Mapping[str, bytes]
    report: Report


def synthesize(
    description: Description, environments: Sequence[str], *, today: date, progress: Progress
) -> list[Synthesized]:
    """Generate and judge environments. Nothing but the project's own scratch folder is written.

    Raises:
        DescriptionError: something cannot be generated from what is described.
        NodeError: there is no Node for cdk8s.
        OutputError: the scratch folder cannot be written.
    """
    results = []
    for plan, rendered in generate(description, environments, progress=progress):
        from tierwright.compose.secrets import required_secrets  # imports cdk8s

        progress(f"checking {plan.name}")
        report = _judged(description, plan.name, rendered, today)
        page = markdown.render(report) + _by_hand(required_secrets(plan))
        results.append(Synthesized(plan.name, rendered.complete(page), report))
    return results


def generate(
    description: Description, environments: Sequence[str], *, progress: Progress
) -> Iterator[tuple[Plan, Rendered]]:
    """Make the manifests of environments, one after the other, in one cdk8s app.

    Raises:
        DescriptionError: something cannot be generated from what is described.
        NodeError: there is no Node for cdk8s.
    """
    progress("starting cdk8s")
    with node_chosen():
        import cdk8s  # starts Node, which takes as long as everything else

    from tierwright.compose.environment import compose  # imports cdk8s
    from tierwright.compose.plan import Plan  # together with its only user here

    app = cdk8s.App()
    for name in environments:
        progress(f"composing {name}")
        plan = Plan(description, name)
        yield plan, render(compose(plan, app))


def _judged(description: Description, name: str, rendered: Rendered, today: date) -> Report:
    # On the project's own disk: a shared temporary folder can be full, small or slow.
    scratch = description.root / ".tierwright"
    with naming(scratch):
        scratch.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="judging-", dir=scratch) as folder:
            written = Path(folder, "dist", name)
            written.parent.mkdir()
            write(Tree(rendered.complete()), written)
            return judge(written, platform=facts(description.platform, name), today=today)


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

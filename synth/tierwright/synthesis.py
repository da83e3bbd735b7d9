"""Description -> constructs -> files -> judgement: everything up to, but not including, the swap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from tiered.secrets.required_secret import RequiredSecret, questions
from tierpolicies.beside import Request, answer_to
from tierpolicies.report import summary
from tierpolicies.report.model import Report
from tierwright.description.loading import Description
from tierwright.facts import facts
from tierwright.judging import JudgeBeside
from tierwright.node import node_chosen
from tierwright.output.scratch import scratch
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
    description: Description,
    environments: Sequence[str],
    *,
    today: date,
    progress: Progress,
    beside: JudgeBeside | None = None,
) -> list[Synthesized]:
    """Generate and judge environments. Nothing but the project's own scratch folder is written.

    Args:
        beside: judges each environment while the next one is composed; by default this process does.

    Raises:
        DescriptionError: something cannot be generated from what is described.
        NodeError: there is no Node for cdk8s.
        OutputError: the scratch folder cannot be written.
    """
    made: list[tuple[Plan, Rendered, Callable[[], Report]]] = []
    with scratch(description.root) as place:
        for plan, rendered in generate(description, environments, progress=progress):
            folder = place / plan.name
            write(Tree(rendered.complete()), folder)
            request = Request(folder, facts(description.platform, plan.name, root=description.root), today)
            report = partial(answer_to, request) if beside is None else beside.ask(request)
            made.append((plan, rendered, report))
        results = []
        for plan, rendered, report in made:
            progress(f"checking {plan.name}")
            results.append(_synthesized(plan, rendered, report()))
    return results


def _synthesized(plan: Plan, rendered: Rendered, report: Report) -> Synthesized:
    from tierwright.compose.secrets import required_secrets  # imports cdk8s

    page = summary.render(report) + _by_hand(plan.name, required_secrets(plan))
    return Synthesized(plan.name, rendered.complete(page), report)


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
    from tierwright.compose.observability.pages import pages
    from tierwright.compose.plan import Plan  # together with its only user here

    app = cdk8s.App()
    for name in environments:
        progress(f"composing {name}")
        plan = Plan(description, name)
        yield plan, render(compose(plan, app), pages(plan))


def _by_hand(environment: str, secrets: Sequence[RequiredSecret]) -> str:
    """The section of the report about Secrets that a person creates, where no secret store does."""
    if not secrets:
        return ""
    lines = (
        f"for file in dist/{environment}/tier-*/*/Namespace-*.yaml; do",
        '  kubectl apply --server-side --filename="$file"',
        "done",
        *questions(secrets),
        *(secret.create_command() for secret in secrets),
    )
    commands = "\n".join(lines)
    return (
        "\n## Secrets to create by hand\n\n"
        "Once, in bash, before the first sync. Passwords hold letters, digits, `-` and `_` only.\n\n"
        f"```bash\n{commands}\n```\n"
    )

"""What one rule says of manifests written as YAML."""

from datetime import date

from tierpolicies import judge
from tierpolicies.engine.settings import Settings

TODAY = date(2026, 11, 1)


def found(rule: str, *documents: str, kubernetes: str | None = None, **figures: object) -> list[str]:
    """The messages of a rule about some documents; `figures` are its parameters."""
    settings = Settings(select=(rule,), parameters={rule: figures} if figures else {})
    text = "\n---\n".join(documents).encode()
    report = judge({"all.yaml": text}, platform=None, today=TODAY, kubernetes=kubernetes, settings=settings)
    return [each.message for each in report.findings if each.rule == rule]


def thing(kind: str, rest: str, *, name: str = "web", api: str = "v1", namespace: str = "shop") -> str:
    """An object; `rest` is all that follows its metadata."""
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: {api}\nkind: {kind}\n{metadata}\n{rest}"


def pod(spec: str = "", container: str = "", labels: str = "app: web") -> str:
    """A pod with one container, both in flow style."""
    inside = f"containers: [{{name: web, image: web{', ' if container else ''}{container}}}]"
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop, labels: {{{labels}}}}}\n"
        f"spec: {{{spec}{', ' if spec else ''}{inside}}}"
    )

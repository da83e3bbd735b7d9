"""A container's command holds a secret in clear text.

## What it does
Reads `command` and `args`, be they arguments of a program or the text of a shell, and reports secrets:
by their looks, by the option or variable that they are given to (`--password=…`), and credentials as
curl takes them. References such as `$(DB_PASSWORD)` are none.

## Why is this bad
It stands in git for ever, and in the list of processes for whoever is on the node.

## Example
```yaml
args: ["--db-password=correct-horse-battery"]
```

## Use instead
```yaml
args: ["--db-password-file=/run/secrets/database/password"]
```
"""

from collections.abc import Iterator

from tierpolicies.access.credentials.commands import held
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Revoke it, keep the new one in a Secret made outside of git, and mount that.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each secret in a command."""
    places = []
    words = []
    for field in ("command", "args"):
        value = container.view.mapping.get(field)
        for index, word in enumerate(value if isinstance(value, list) else ()):
            places.append((field, index))
            words.append(word if isinstance(word, str) else "")
    for what, number, offset in held(words):
        message = f"the command of the container {container.name!r} holds {what} in clear text"
        at = container.view.at(*places[number])
        yield Fault(message, container.manifest, at, offset=offset, detail=what)

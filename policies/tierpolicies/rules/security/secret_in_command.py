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

from tierpolicies.credentials.commands import held
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
    words = [*container["command"], *container["args"]]
    if words:
        for what, index, offset in held([word.text for word in words]):
            message = f"the command of the container {container.name!r} holds {what} in clear text"
            yield Fault(message, container.manifest, words[index], offset=offset, detail=what)

"""The base of a comparison cannot be read.

## What it does
Reports that the revision given as `--base`, its files or the description it held cannot be had. The
files that are there now are checked all the same.

## Why is this bad
What a change does is unknown, and rules that compare with the base, on immutable fields for example,
see nothing. The result must not look clean.

## Example
```sh
tierwright check --base origin/main  # in a clone that holds one commit of another branch
```

## Use instead
```sh
git fetch --depth=1 origin +refs/heads/main:refs/remotes/origin/main
tierwright check --base origin/main
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Do what the message says, or name a base that is there.")
def check(context: Context) -> Iterator[Fault]:  # noqa: ARG001 (whoever reads the base finds it)
    """Finds nothing by itself: the base is read before the rules run."""
    return iter(())

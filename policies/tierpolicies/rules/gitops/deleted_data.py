"""Data that was there before the change is gone.

## What it does
Reports StatefulSets with claims, PersistentVolumeClaims, and Namespaces that held some, which the base
has and the tree has not; in any file: what has only moved passes.

## Why is this bad
When the change is applied they are pruned, and their volumes may go with them. Nobody sees it in the
report of what is there.

## Example
The file `PersistentVolumeClaim-data.yaml` is removed.

## Use instead
Keep it, or say in the change that the data is backed up or no longer needed.
"""

from collections.abc import Iterator

from tierpolicies.delivery.former import identity
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import BASE, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.platform import Place
from tierpolicies.storage.stores import claim_specs


@rule(
    severity=Severity.WARNING,
    remediation="Take it back, or back the data up before the change is applied.",
    rests_on=("StatefulSet", "PersistentVolumeClaim", "Namespace"),
    needs=(BASE,),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object with data that is no longer there."""
    base = context.base_index
    if base is None:
        return
    held = {id(owner): owner for owner, _ in claim_specs(base)}
    spaces = {owner.namespace for owner in held.values()}
    owners = [*held.values(), *(each for each in base.of_kind("Namespace") if each.name in spaces)]
    left = {
        identity(each) for each in context.index.of_kind("StatefulSet", "PersistentVolumeClaim", "Namespace")
    }
    for owner in owners:
        if identity(owner) not in left:
            subject = Subject(*owner.subject)
            message = f"{subject}, which holds data, was in {owner.file} and is gone"
            yield Fault(message, subject=subject, file=Place(owner.file, 1, 1))

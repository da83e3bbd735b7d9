"""What is left of a finished Job is not cleaned up, or is cleaned up twice.

## What it does
Reports Jobs without ttlSecondsAfterFinished, unless a hook's policy deletes them, and CronJobs whose jobs
have one beside the history that the CronJob keeps. The rule is optional.

## Why is this bad
Finished Jobs and their pods stay for ever and fill lists and etcd. In a CronJob the shorter of the two
decides, and a failed run may be gone before anybody has read its log.

## Example
```yaml
kind: Job
spec: {template: {}}
```

## Use instead
```yaml
kind: Job
spec: {ttlSecondsAfterFinished: 86400, template: {}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_TTL = "ttlSecondsAfterFinished"
_DELETED_BY = ("argocd.argoproj.io/hook-delete-policy", "helm.sh/hook-delete-policy")


@rule(
    each=Manifest,
    kinds=("Job", "CronJob"),
    severity=Severity.WARNING,
    remediation="Set ttlSecondsAfterFinished on a Job; leave a CronJob's jobs to its history limits.",
    optional=True,
    known_as=("kube-linter:job-ttl-seconds-after-finished",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a Job that stays, and a CronJob with two ways to clean up."""
    if manifest.kind == "CronJob":
        ttl = manifest.view["spec"]["jobTemplate"]["spec"][_TTL]
        if ttl:
            message = f"its jobs are deleted after {ttl.value} seconds and by the history limits"
            yield Fault(message, manifest, ttl)
        return
    ttl = manifest.view["spec"][_TTL]
    annotations = manifest.view["metadata"]["annotations"]
    if not ttl and not any(annotations[each].text for each in _DELETED_BY):
        yield Fault("the finished Job stays for ever", manifest, ttl)

"""A webhook or an API is served by a Service that is not there.

## What it does
Looks up the Service and its port (443 unless another is named) that ValidatingWebhookConfigurations,
MutatingWebhookConfigurations, APIServices and the conversion of CustomResourceDefinitions name, where
the tree has Services or workloads of that namespace.

## Why is this bad
Every request that a webhook must see fails, up to new pods of the whole cluster; an API without a
server also blocks the deletion of namespaces.

## Example
```yaml
clientConfig: {service: {name: wbehook, namespace: shop}}   # beside a Service webhook
```

## Use instead
```yaml
clientConfig: {service: {name: webhook, namespace: shop}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.service_ports import Named, unserved

_HTTPS = 443


@rule(
    needs=(
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "APIService",
        "CustomResourceDefinition",
    ),
    severity=Severity.ERROR,
    remediation="Name a Service that there is, with its namespace and one of its ports.",
    rests_on=("Service", PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Service that the API server is told to ask in vain."""
    for manifest, service in _asked(context.index):
        port = service["port"]
        if not port:
            port = View(_HTTPS, port.path)
        if service["name"].text and service["namespace"].text:
            yield from unserved(context, Named(manifest, service["name"], port, service["namespace"].text))


def _asked(index: Index) -> Iterator[tuple[Manifest, View]]:
    for manifest in index.of_kind("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        for webhook in manifest.view["webhooks"]:
            yield manifest, webhook.at("clientConfig", "service")
    for manifest in index.of_kind("APIService"):
        yield manifest, manifest.view.at("spec", "service")
    for manifest in index.of_kind("CustomResourceDefinition"):
        yield manifest, manifest.view.at("spec", "conversion", "webhook", "clientConfig", "service")

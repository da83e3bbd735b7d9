"""Ways in: Ingresses, routes and gateways, through Services, to ports of pods."""

from __future__ import annotations

import pytest

from tests.tierpolicies.network.written import lines, pod, policy


@pytest.mark.parametrize(
    "route",
    [
        """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}""",
        """apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: {name: r, namespace: shop}
spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}""",
        """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec: {rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: web, port: 80}}}]}]}""",
        """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: r, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {name: http}}}}""",
    ],
    ids=["HTTPRoute", "TLSRoute", "a mirror", "Ingress"],
)
def test_routes_lead_to_the_ports_behind_a_service(route: str) -> None:
    service = """
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
 spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}, {name: other, port: 81}]}}
"""
    documents = (pod("web", ports="[{name: web, containerPort: 8080}]"), service, f"\n{route}\n")
    assert "{ingress-controller} => shop/web[Pod] : TCP 8080" in lines(*documents)
    closed = policy("{podSelector: {}, policyTypes: [Ingress]}")
    assert not [each for each in lines(*documents, closed) if each.startswith("{ingress")]


def test_a_name_leads_to_the_first_port_of_that_name_and_protocol() -> None:
    first, others = "{name: web, containerPort: 53, protocol: UDP}", "{name: web, containerPort: %s}"
    ports = f"[{first}, {others % 80}, {others % 81}]"
    service = """
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
 spec: {selector: {app: web}, ports: [{port: 80, targetPort: web}]}}
"""
    route = """
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: r, namespace: shop},
 spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}
"""
    assert "{ingress-controller} => shop/web[Pod] : TCP 80" in lines(pod("web", ports=ports), service, route)

"""What the Ingresses of one load balancer have in common."""

from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.network.load_balancer import LoadBalancer

CERTIFICATE = "arn:aws:acm:ap-northeast-2:123456789012:certificate/0"


def test_with_a_certificate_plain_http_is_redirected() -> None:
    annotations = LoadBalancer(group="edge", target_type="instance", certificates=[CERTIFICATE]).annotations()

    assert annotations == {
        "alb.ingress.kubernetes.io/group.name": "edge",
        "alb.ingress.kubernetes.io/scheme": "internet-facing",
        "alb.ingress.kubernetes.io/target-type": "instance",
        "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
        "alb.ingress.kubernetes.io/load-balancer-attributes": (
            "deletion_protection.enabled=true,routing.http.drop_invalid_header_fields.enabled=true"
        ),
        "alb.ingress.kubernetes.io/certificate-arn": CERTIFICATE,
        "alb.ingress.kubernetes.io/ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "alb.ingress.kubernetes.io/ssl-redirect": "443",
    }


def test_without_a_certificate_nothing_speaks_of_tls_and_the_rest_can_be_chosen() -> None:
    annotations = LoadBalancer(
        group="edge",
        target_type="ip",
        scheme="internal",
        subnets=["a", "b"],
        inbound_cidrs=["10.0.0.0/16", "10.1.0.0/16"],
        deletion_protection=False,
    ).annotations()

    assert annotations == {
        "alb.ingress.kubernetes.io/group.name": "edge",
        "alb.ingress.kubernetes.io/scheme": "internal",
        "alb.ingress.kubernetes.io/target-type": "ip",
        "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80}]',
        "alb.ingress.kubernetes.io/load-balancer-attributes": (
            "deletion_protection.enabled=false,routing.http.drop_invalid_header_fields.enabled=true"
        ),
        "alb.ingress.kubernetes.io/subnets": "a,b",
        "alb.ingress.kubernetes.io/inbound-cidrs": "10.0.0.0/16,10.1.0.0/16",
    }


@pytest.mark.parametrize("group", ["", "Edge", "-edge", "e" * 64])
def test_a_group_that_the_controller_refuses_is_refused(group: str) -> None:
    with pytest.raises(TieredError, match="at most 63 lower-case"):
        LoadBalancer(group=group, target_type="ip")


def test_one_subnet_is_refused() -> None:
    with pytest.raises(TieredError, match="at least two"):
        LoadBalancer(group="edge", target_type="ip", subnets=["a"])

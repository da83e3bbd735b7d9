"""Which keys are taken for slips of well-known ones."""

import pytest

from tierpolicies.schemas.known_keys import KNOWN, meant


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("argocd.argoproj.io/sync-vawe", "argocd.argoproj.io/sync-wave"),
        ("argocd.argoproj.io/sync-option", "argocd.argoproj.io/sync-options"),
        ("app.kubernetes.io/compnent", "app.kubernetes.io/component"),
        ("app.kuberntes.io/name", "app.kubernetes.io/name"),
        ("alb.ingress.kubernetes.io/group.nam", "alb.ingress.kubernetes.io/group.name"),
        ("alb.ingres.kubernetes.io/target-type", "alb.ingress.kubernetes.io/target-type"),
        ("cert-manager.io/cluster-isuer", "cert-manager.io/cluster-issuer"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(key: str, known: str) -> None:
    assert meant(key) == known


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "app.kubernetes.io/owner",
        "app.kubernetes.io/part",
        "nginx.ingress.kubernetes.io/ssl-redirect",
        "apps.example.com/name",
        "app.k8s.io/name",
        "prometheus.io/param_format",
        "service.beta.kubernetes.io/aws-load-balancer-type",
        "service.alpha.kubernetes.io/name",
        "example.com/sync-vawe",
        *(f"{domain}/{name}" for domain, names in KNOWN.items() for name in names),
    ],
)
def test_keys_of_ones_own_and_known_ones_are_left_alone(key: str) -> None:
    assert meant(key) == ""

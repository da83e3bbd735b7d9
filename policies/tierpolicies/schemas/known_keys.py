"""Keys of labels and annotations that Kubernetes and common controllers read, by their domain.

From https://kubernetes.io/docs/reference/labels-annotations-taints/ and the pages of Argo CD, the AWS Load
Balancer Controller, cert-manager, ExternalDNS and Prometheus, as of 2026-11. A domain may hold others too.
"""

from functools import lru_cache

KNOWN: dict[str, tuple[str, ...]] = {
    "app.kubernetes.io": ("component", "created-by", "instance", "managed-by", "name", "part-of", "version"),
    "kubernetes.io": (
        "arch",
        "change-cause",
        "description",
        "hostname",
        "ingress.class",
        "metadata.name",
        "os",
    ),
    "topology.kubernetes.io": ("region", "zone"),
    "node.kubernetes.io": ("instance-type", "exclude-from-external-load-balancers", "windows-build"),
    "service.kubernetes.io": ("headless", "service-proxy-name", "topology-mode"),
    "controller.kubernetes.io": ("pod-deletion-cost",),
    "cluster-autoscaler.kubernetes.io": (
        "enable-ds-eviction",
        "safe-to-evict",
        "safe-to-evict-local-volumes",
    ),
    "kubectl.kubernetes.io": ("default-container", "default-logs-container", "restartedAt"),
    "storageclass.kubernetes.io": ("is-default-class",),
    "ingressclass.kubernetes.io": ("is-default-class",),
    "scheduler.alpha.kubernetes.io": ("critical-pod", "defaultTolerations", "node-selector"),
    "argocd.argoproj.io": (
        *("compare-options", "hook", "hook-delete-policy", "ignore-healthcheck", "instance"),
        *("manifest-generate-paths", "refresh", "secret-type", "sync-options", "sync-wave", "tracking-id"),
    ),
    "prometheus.io": ("path", "port", "scheme", "scrape"),
    "external-dns.alpha.kubernetes.io": (
        *("access", "alias", "cloudflare-proxied", "controller", "endpoints-type", "hostname"),
        *("ingress-hostname-source", "internal-hostname", "set-identifier", "target", "ttl"),
    ),
    "cert-manager.io": (
        *(
            "allow-direct-injection",
            "cluster-issuer",
            "common-name",
            "duration",
            "email-sans",
            "inject-ca-from",
        ),
        *("inject-ca-from-secret", "ip-sans", "issue-temporary-certificate", "issuer", "issuer-group"),
        *("issuer-kind", "private-key-algorithm", "private-key-encoding", "private-key-rotation-policy"),
        *("private-key-size", "renew-before", "revision-history-limit", "subject-organizations", "uri-sans"),
        *("usages",),
    ),
    "alb.ingress.kubernetes.io": (
        *("auth-idp-cognito", "auth-idp-oidc", "auth-on-unauthenticated-request", "auth-scope"),
        *("auth-session-cookie", "auth-session-timeout", "auth-type", "backend-protocol"),
        *(
            "backend-protocol-version",
            "certificate-arn",
            "customer-owned-ipv4-pool",
            "group.name",
            "group.order",
        ),
        *("healthcheck-interval-seconds", "healthcheck-path", "healthcheck-port", "healthcheck-protocol"),
        *("healthcheck-timeout-seconds", "healthy-threshold-count", "inbound-cidrs", "ip-address-type"),
        *("ipam-ipv4-pool-id", "listen-ports", "load-balancer-attributes", "load-balancer-name"),
        *("manage-backend-security-group-rules", "mutual-authentication", "scheme", "security-groups"),
        *(
            "security-group-prefix-lists",
            "shield-advanced-protection",
            "ssl-policy",
            "ssl-redirect",
            "subnets",
        ),
        *("success-codes", "tags", "target-group-attributes", "target-node-labels", "target-type"),
        *("unhealthy-threshold-count", "waf-acl-id", "wafv2-acl-arn", "wafv2-acl-name"),
    ),
}
_NEAR = 0.84
"""How like a known key another one must be to be taken for a slip; shorter keys differ by one letter then."""
_SHORT = 4
"""Keys of fewer letters are too like one another."""


@lru_cache(maxsize=8192)
def meant(key: str) -> str:
    """The known key that another one is most likely a slip of; empty where there is none, or it is known."""
    domain, slash, name = key.partition("/")
    if not slash:
        return ""
    if domain in KNOWN:
        names = KNOWN[domain]
        found = "" if name in names else _nearest(name, names)
        return f"{domain}/{found}" if found else ""
    near = next((each for each in KNOWN if name in KNOWN[each] and _is_slip(domain, each)), "")
    return f"{near}/{name}" if near else ""


def _is_slip(domain: str, known: str) -> bool:
    """Whether a domain is a known one but for one of its parts, which is nearly the same."""
    parts = list(zip(domain.split("."), known.split("."), strict=False))
    differing = [pair for pair in parts if pair[0] != pair[1]]
    if domain.count(".") != known.count(".") or len(differing) != 1:
        return False
    return bool(_nearest(differing[0][0], (differing[0][1],)))


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 (most trees hold known keys and plain ones only)

    if len(name) < _SHORT:
        return ""
    swapped = [each for each in known if sorted(each) == sorted(name)]
    found = swapped or get_close_matches(name, known, n=1, cutoff=_NEAR)
    return found[0] if found and abs(len(found[0]) - len(name)) <= 2 else ""

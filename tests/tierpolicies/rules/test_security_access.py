"""Secrets, tokens, roles and ways in, by tables of cases that would be many small fixtures."""

from pathlib import Path

import pytest

from tests.tierpolicies.rules.manifests import RBAC, TODAY, Json, cases, found, pod, rules_of, thing
from tierpolicies import judge
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.settings import Settings


def test_a_finding_never_shows_the_secret(tmp_path: Path) -> None:
    secret = "correct-horse-battery"
    objects = (
        pod(
            container={
                "env": [{"name": "DB_PASSWORD", "value": secret}],
                "args": [f"--password={secret}", f"postgres://shop:{secret}@db/shop"],
            }
        ),
        thing("ConfigMap", data={"a.env": f"PASSWORD={secret}\n", "PASSWORD": secret}),
        thing("Secret", stringData={"password": secret}),
    )
    findings = found(tmp_path, *objects)
    assert len(findings) == 6
    assert secret not in repr(findings)


def test_a_secret_in_a_file_is_pointed_at_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  app.properties: |\n"
        "    user=shop\n    password=correct-horse\n"
    )
    report = judge(
        tmp_path, platform=None, today=TODAY, settings=Settings(select=("security/secret-in-config-map",))
    )
    assert [each.line for each in report.findings] == [7]


OFF, PLAIN = thing("ServiceAccount", automountServiceAccountToken=False), thing("ServiceAccount")
ACCOUNTS: list[tuple[str, Json, tuple[Json, ...], int]] = [
    ("nothing said", {}, (), 1),
    ("off in the pod", {"automountServiceAccountToken": False}, (), 0),
    ("off in the account", {"serviceAccountName": "web"}, (OFF,), 0),
    ("on in the pod", {"serviceAccountName": "web", "automountServiceAccountToken": True}, (OFF,), 1),
    ("an account from elsewhere", {"serviceAccountName": "web"}, (), 0),
    ("an account without a role", {"serviceAccountName": "web"}, (PLAIN,), 1),
    ("by the old field", {"serviceAccount": "web"}, (PLAIN,), 1),
]
SUBJECTS: list[Json] = [
    {"kind": "ServiceAccount", "name": "web", "namespace": "shop"},
    {"kind": "ServiceAccount", "name": "web"},
    {"kind": "User", "name": "system:serviceaccount:shop:web"},
    {"kind": "Group", "name": "system:serviceaccounts:shop"},
    {"kind": "Group", "name": "system:serviceaccounts"},
]


def at_home(made: Json) -> Json:
    made["metadata"] = {"name": "web", "namespace": "shop"}
    return made


def tokenless(spec: Json) -> Json:
    made = at_home(pod())
    plain = made["spec"]
    assert isinstance(plain, dict)
    del plain["automountServiceAccountToken"]
    plain |= spec
    return made


@pytest.mark.parametrize(("spec", "others", "count"), **cases(ACCOUNTS))
def test_tokens(tmp_path: Path, spec: Json, others: tuple[Json, ...], count: int) -> None:
    assert len(found(tmp_path, tokenless(spec), *others, select="security/unneeded-token")) == count


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_bound_account_needs_its_token(tmp_path: Path, subject: Json) -> None:
    binding = thing("RoleBinding", f"{RBAC}/v1", roleRef={"kind": "Role", "name": "web"}, subjects=[subject])
    objects = (tokenless({"serviceAccountName": "web"}), thing("ServiceAccount"), binding)
    assert found(tmp_path, *objects, select="security/unneeded-token") == []


def test_nothing_is_said_of_tokens_while_a_binding_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(
        f"apiVersion: {RBAC}/v1\nkind: RoleBinding\nmetadata: {{name: web\n"
    )
    objects = (tokenless({"serviceAccountName": "web"}), thing("ServiceAccount"))
    assert found(tmp_path, *objects, select="security/unneeded-token") == []


TLS = {"hosts": ["shop.example.org"], "secretName": "tls"}
AWS, TRAEFIK = "alb.ingress.kubernetes.io/", "traefik.ingress.kubernetes.io/router.tls"
SHOP, WWW = "shop.example.org", "www.example.org"
INGRESSES: list[tuple[str, str, object, Json, int]] = [
    ("none", SHOP, None, {}, 1),
    ("own", SHOP, [TLS], {}, 0),
    ("of the domain", SHOP, [{"hosts": ["*.example.org"]}], {}, 0),
    ("of another", WWW, [TLS], {}, 1),
    ("for all hosts", WWW, [{"secretName": "tls"}], {}, 0),
    ("no host", "", [TLS], {}, 1),
    ("here", "shop.localhost", None, {}, 0),
    ("local", "shop.cluster.local", None, {}, 0),
    ("certificate of AWS", SHOP, None, {f"{AWS}certificate-arn": "arn:aws:acm:x"}, 0),
    ("listener of AWS", SHOP, None, {f"{AWS}listen-ports": '[{"HTTPS":443}]'}, 0),
    ("plain listener", SHOP, None, {f"{AWS}listen-ports": '[{"HTTP":80}]'}, 1),
    ("of Google", SHOP, None, {"networking.gke.io/managed-certificates": "shop"}, 0),
    ("of Traefik", SHOP, None, {TRAEFIK: "true"}, 0),
    ("not of Traefik", SHOP, None, {TRAEFIK: "false"}, 1),
    ("passed through", SHOP, None, {"nginx.ingress.kubernetes.io/ssl-passthrough": "true"}, 0),
    ("an issuer alone", SHOP, None, {"cert-manager.io/cluster-issuer": "letsencrypt"}, 1),
]


@pytest.mark.parametrize(("host", "tls", "annotations", "count"), **cases(INGRESSES))
def test_tls(tmp_path: Path, host: str, tls: object, annotations: Json, count: int) -> None:
    spec = {"rules": [{"host": host}], "tls": tls} if host else {"rules": [{}], "tls": tls}
    made = thing("Ingress", "networking.k8s.io/v1", spec=spec)
    made["metadata"] = {"name": "web", "namespace": "shop", "annotations": annotations}
    assert len(found(tmp_path, made, select="security/ingress-tls")) == count


@pytest.mark.parametrize(
    ("spec", "annotations", "severities"),
    [
        ({"ports": [{"port": 5432}]}, {}, [Severity.WARNING]),
        ({"ports": [{"port": 443}, {"port": 80}]}, {}, [Severity.NOTE]),
        ({"ports": [{"port": 443}, {"port": 9090}]}, {}, [Severity.WARNING]),
        ({"ports": [{"port": 9090}], "loadBalancerSourceRanges": ["10.0.0.0/8"]}, {}, []),
        ({"ports": [{"port": 9090}], "loadBalancerSourceRanges": ["0.0.0.0/0"]}, {}, [Severity.WARNING]),
        ({"ports": [{"port": 9090}]}, {"networking.gke.io/load-balancer-type": "Internal"}, []),
        (
            {"ports": [{"port": 9090}]},
            {"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8"},
            [],
        ),
    ],
)
def test_load_balancers(tmp_path: Path, spec: Json, annotations: Json, severities: list[Severity]) -> None:
    made = thing("Service", spec={"type": "LoadBalancer"} | spec)
    made["metadata"] = {"name": "web", "namespace": "shop", "annotations": annotations}
    assert [each.severity for each in found(tmp_path, made)] == severities


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, {"role-wildcard"}),
        ({"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}, {"role-wildcard", "role-secrets"}),
        ({"apiGroups": [""], "resources": ["secrets"], "verbs": ["create", "delete"]}, set()),
        ({"apiGroups": ["apps"], "resources": ["secrets"], "verbs": ["get"]}, set()),
        ({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}, set()),
        ({"apiGroups": [""], "resources": ["pods/attach"], "verbs": ["get"]}, {"role-exec"}),
        ({"apiGroups": [""], "resources": ["pods/ephemeralcontainers"], "verbs": ["get"]}, set()),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}, {"role-pods"}),
        ({"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["get", "escalate"]}, {"role-escalation"}),
        ({"apiGroups": [RBAC], "resources": ["rolebindings"], "verbs": ["create"]}, set()),
        ({"nonResourceURLs": ["/*"], "verbs": ["get"]}, {"role-wildcard"}),
    ],
)
def test_roles(tmp_path: Path, rule: Json, expected: set[str]) -> None:
    for kind in ("Role", "ClusterRole"):
        made = thing(kind, f"{RBAC}/v1", rules=[rule])
        assert rules_of(found(tmp_path, made)) == expected


def test_a_namesake_of_another_group_is_no_role(tmp_path: Path) -> None:
    wide = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    assert found(tmp_path, thing("Role", "iam.example.org/v1", rules=wide)) == []

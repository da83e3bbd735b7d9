"""What a tree does not show: charts, operators, other environments; and names that are plainly misspelt."""

from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.engine.misspelling import misspelt
from tierpolicies.engine.settings import Settings

TODAY = date(2026, 11, 1)
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
---
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: search, namespace: shop}
spec: {selector: {app: search}, ports: [{port: 80}]}
---
"""
RIGHT = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: web, namespace: shop}}
rules: [{{apiGroups: [""], resources: [{resource}], verbs: [{verb}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: web, namespace: shop}}
roleRef: {{kind: Role, name: web}}
subjects: [{{kind: ServiceAccount, name: web, namespace: shop}}]
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: watch}}
spec:
  podSelector: {{matchLabels: {{app: {app}}}}}
  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: prometheus}}}}}}]}}]
---
"""
SELECTOR = "references/service-selector"


def found(rule: str, **files: str) -> list[str]:
    """What a rule says, with its severity; the names of files have `__` for each slash."""
    texts = {f"{name.replace('__', '/')}.yaml": text.encode() for name, text in files.items()}
    report = judge(texts, platform=None, today=TODAY, settings=Settings(select=(rule,)))
    return [f"{each.severity} {each.message}" for each in report.findings if each.rule == rule]


def application(source: str, namespace: str = "shop", kind: str = "Application") -> str:
    spec = f"{{source: {source}, destination: {{namespace: {namespace}}}}}"
    spec = f"{{template: {{spec: {spec}}}}}" if kind == "ApplicationSet" else spec
    api = "apiVersion: argoproj.io/v1alpha1"
    return f"{api}\nkind: {kind}\nmetadata: {{name: search, namespace: argocd}}\nspec: {spec}\n---\n"


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(application("{repoURL: https://x, chart: search}"), id="a chart"),
        pytest.param(application("{repoURL: https://x, path: deploy}"), id="a folder of another repository"),
        pytest.param(
            application("{repoURL: https://x, chart: search}", "'{{namespace}}'", "ApplicationSet"),
            id="charts anywhere",
        ),
        pytest.param(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
            "metadata: {name: search, namespace: flux}\nspec: {targetNamespace: shop}\n",
            id="a release of Flux",
        ),
        pytest.param(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
            "resources: ['https://example.org/search.yaml']\n",
            id="a file of the web",
        ),
        pytest.param(
            "apiVersion: search.example.org/v1\nkind: Search\nmetadata: {name: search, namespace: shop}\n",
            id="an operator's resource",
        ),
        pytest.param(
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: search, namespace: shop}\n",
            id="a kind of pods of its own",
        ),
        pytest.param(
            RIGHT.format(resource="deployments", verb="create"),
            id="a right to make pods",
        ),
    ],
)
def test_where_pods_come_from_elsewhere_nothing_is_said(beside: str) -> None:
    assert found(SELECTOR, shop=POD + SERVICE) != []
    assert found(SELECTOR, shop=POD + SERVICE, beside=beside) == []


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(application("{repoURL: https://x, path: shop}"), id="a folder of the tree"),
        pytest.param(application("{repoURL: https://x, chart: search}", "other"), id="a chart elsewhere"),
        pytest.param(
            "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: a, namespace: shop}\n",
            id="a resource that makes no pods",
        ),
        pytest.param(
            RIGHT.format(resource="pods", verb="list"),
            id="a right to read pods",
        ),
    ],
)
def test_what_brings_no_pods_hides_nothing(beside: str) -> None:
    assert len(found(SELECTOR, shop__web=POD + SERVICE, beside=beside)) == 1


def test_a_tree_without_any_pod_may_be_a_part_of_something() -> None:
    assert found(SELECTOR, shop=SERVICE) == ["note no pod in the namespace shop has app=search"]


def test_another_namespace_of_the_cluster_is_not_judged() -> None:
    assert found(SELECTOR, shop=POD + SERVICE.replace("namespace: shop", "namespace: other")) == []


def test_pods_of_another_namespace_are_named() -> None:
    service = SERVICE.replace("namespace: shop", "namespace: other").replace("app: search", "app: web")
    (message,) = found(SELECTOR, shop=POD + service)
    assert message == "error no pod in the namespace other has app=web; those of Pod web stand in shop"


def test_a_single_pod_of_a_set_is_selected_by_a_label_that_it_gets() -> None:
    label = "statefulset.kubernetes.io/pod-name: web-0"
    assert found(SELECTOR, shop=POD + SERVICE.replace("app: search", f"app: web, {label}")) == []
    assert found(SELECTOR, shop=POD + SERVICE.replace("app: search", f"app: wbe, {label}")) != []


def test_what_flux_fills_in_cannot_be_looked_up() -> None:
    assert found(SELECTOR, shop=POD + SERVICE.replace("app: search", "app: '${APP}'")) == []


def test_a_selector_is_told_where_charts_bring_the_pods_but_others_say_it_otherwise() -> None:
    chart = application("{repoURL: https://x, chart: stack}", "watch")
    right = POLICY.format(name="prometheus", app="prometheus")
    wrong = POLICY.format(name="other", app="prometheuss")
    rule = "references/network-policy-selector"
    assert found(rule, chart=chart, right=right) == []
    assert found(rule, chart=chart, right=right, wrong=wrong.replace("prometheuss", "grafana")) == []
    (message,) = found(rule, chart=chart, right=right, wrong=wrong.replace("prometheuss", "promehteus"))
    assert message == "warning others in the namespace watch say 'prometheus', not app=promehteus"


@pytest.mark.parametrize(
    ("one", "other", "is_told"),
    [
        ("dev/web", "prod/web", False),
        ("shop-dev/web", "shop-prod/web", False),
        ("overlays/eu/web", "overlays/us/web", False),
        ("clusters/one/web", "clusters/two/web", False),
        ("dev/web", "prod/other", False),
        ("web", "again", True),
        ("one/web", "two/web", True),
        ("dev/web", "dev/again", True),
        ("prod/web", "web", True),
        ("shop-dev/web", "help-prod/web", True),
    ],
)
def test_an_object_stands_once_in_each_environment(one: str, other: str, *, is_told: bool) -> None:
    files = {one.replace("/", "__"): SERVICE, other.replace("/", "__"): SERVICE}
    assert bool(found("references/unique-object", **files)) is is_told


def test_kustomizations_are_applied_each_by_itself_and_patches_with_what_they_change() -> None:
    kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    rule = "references/unique-object"
    each = {"one__web": SERVICE, "two__web": SERVICE}
    assert found(rule, **each, one__kustomization=kustomization, two__kustomization=kustomization) == []
    patched = {"one__web": SERVICE, "one__patch": SERVICE}
    assert found(rule, **patched, one__kustomization=kustomization) != []
    listed = f"{kustomization}patches: [{{path: ./patch.yaml}}]\n"
    assert found(rule, **patched, one__kustomization=listed) == []


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("messging", "messaging", "messaging"),
        ("storefornt", "storefront", "storefront"),
        ("cert-manger", "cert-manager", "cert-manager"),
        ("team-b", "team-a", None),
        ("shop-qa", "shop-dev", None),
        ("worker2", "worker1", None),
        ("frontend-b", "frontend-a", None),
        ("web", "wbe", None),
        ("monitoring", "monitor", None),
        ("argocd-server", "argocd-repo-server", None),
    ],
)
def test_only_letters_make_a_name_a_misspelt_one(name: str, known: str, meant: str | None) -> None:
    assert misspelt(name, [known]) == meant

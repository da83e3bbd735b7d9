"""What cannot be read is told with what it is, and makes no rule say something false elsewhere."""

from datetime import date

import pytest

from tierpolicies import judge
from tierpolicies.documents.reader import read_files
from tierpolicies.engine.finding import Finding

TODAY = date(2026, 11, 1)
FINE = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine, namespace: shop}\n"


def findings(files: dict[str, bytes]) -> list[Finding]:
    return list(judge(files, platform=None, today=TODAY).findings)


def told(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(each.rule, each.message, each.remediation) for each in findings(files)]


TEMPLATE = b"""apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  type: {{ .Values.type }}
"""
BRACES = b"""apiVersion: v1
kind: Service
metadata:
  name: {{ .Values.name }}
  namespace: {{ .Values.space }}
"""


@pytest.mark.parametrize("text", [TEMPLATE, BRACES])
def test_a_template_of_a_chart_is_called_by_its_name_and_told_once(text: bytes) -> None:
    ((rule, message, mend),) = told({"templates/service.yaml": text, "fine.yaml": FINE})
    assert rule == "input/syntax"
    assert message.startswith("a template of a Helm chart")
    assert "helm template" in mend


def test_braces_elsewhere_make_no_template_of_a_broken_document() -> None:
    text = b'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: "{{ $labels.pod }}"\n  b: c\n  d: e\n f: g\n'
    ((rule, message, _),) = told({"a.yaml": text, "fine.yaml": FINE})
    assert rule == "input/syntax"
    assert message.startswith("not YAML")


@pytest.mark.parametrize(
    ("name", "text", "mend"),
    [
        ("chart/Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.0.0\n", "helm template"),
        ("chart/values.yaml", b"replicas: 2\n", "helm template"),
        ("chart/values-prod.yaml", b"replicas: 2\n", "helm template"),
        ("kustomization.yaml", b"resources: [a.yaml]\n", "kustomize build"),
        ("settings.yaml", b"replicas: 2\n", "apiVersion and kind"),
    ],
)
def test_a_file_that_is_no_manifest_says_what_to_check_instead(name: str, text: bytes, mend: str) -> None:
    ((rule, _, remediation),) = told({name: text, "fine.yaml": FINE})
    assert rule == "input/not-an-object"
    assert mend in remediation


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (b"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "kustomize build"),
        (b"apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n", "A tool reads this file"),
    ],
)
def test_a_kind_that_no_cluster_gets_says_what_to_check_instead(text: bytes, mend: str) -> None:
    ((rule, _, remediation),) = told({"a.yaml": text, "fine.yaml": FINE})
    assert rule == "input/unknown-kind"
    assert mend in remediation


def test_json_without_its_api_version_is_not_passed_over() -> None:
    text = b'{"apiversion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'
    ((rule, message, _),) = told({"a.json": text, "fine.yaml": FINE})
    assert (rule, message) == ("input/not-an-object", "an object without apiVersion")


@pytest.mark.parametrize(
    "text",
    [
        b'{"kind": "dashboard", "panels": []}',
        b'{"panels": [{"kind": "a", "metadata": {}}]}',
        b'{"files": {}}',
    ],
)
def test_json_of_another_kind_is_passed_over(text: bytes) -> None:
    assert told({"a.json": text, "fine.yaml": FINE}) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (b"apiVersion: v1\nkind: Service\nmetadata: {name: web\n", {"Service"}),
        (b"metadata:\n  ownerReferences:\n    - kind: Job\nkind: Service\nspec: [\n", {"Service"}),
        (TEMPLATE, {"Service"}),
        (b"apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata: {name: a}\n{{ end }}\n", {None}),
        (b"apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {limit: .inf}\n", {"Service"}),
        (b"kind: Service\nmetadata: {name: web}\n", {"Service"}),
        (b"metadata: {name: web}\nspec: {}\n", {None}),
        (b"apiVersion: v1\nkind: List\nitems:\n- kind: Service\n  metadata: {name: web}\n", {"Service"}),
        (b"apiVersion: v1\nkind: List\nitems:\n- metadata: {name: web}\n", {None}),
        (b"apiVersion: v1\nkind: List\nitems:\n- {kind: Service, metadata: {name: web}\n", {None}),
        (b"apiVersion: v2\nname: a\n", {None}),
        (b"replicas: 2\n", set()),
        (b"- a\n", set()),
        (b"\xff", {None}),
    ],
)
def test_what_an_unread_document_may_be(text: bytes, kinds: set[str | None]) -> None:
    tree = read_files({"a.yaml": text, "fine.yaml": FINE})
    assert tree.unread_kinds == kinds
    assert tree.unreadable != ()
    assert [each.name for each in tree.manifests if not each.damaged] == ["fine"]


def test_the_files_of_a_chart_hide_no_object() -> None:
    files = {"Chart.yaml": b"apiVersion: v2\nname: web\n", "values.yaml": b"metadata: {}\n"}
    assert read_files(files).unread_kinds == frozenset()


INGRESS = b"""apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  tls: [{hosts: [shop.example.com], secretName: tls}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}
"""
BROKEN_SERVICES = {
    "broken": b"apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop\n",
    "template": TEMPLATE,
    "damaged": b"apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {a: .inf}\n",
    "list": b"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  metadata: {name: web}\n",
}


@pytest.mark.parametrize("service", BROKEN_SERVICES.values(), ids=BROKEN_SERVICES)
def test_what_rests_on_a_document_that_cannot_be_read_is_not_said(service: bytes) -> None:
    """An Ingress whose Service is there, but broken: only the broken document is told of."""
    assert "references/ingress-backend" in {each.rule for each in findings({"ingress.yaml": INGRESS})}
    found = {each.rule for each in findings({"ingress.yaml": INGRESS, "service.yaml": service})}
    assert not any(rule.startswith("references/") for rule in found - {"references/secret"})
    assert found & {"input/syntax", "input/not-an-object"}

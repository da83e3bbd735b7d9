"""Whatever stands in whatever place: no rule for security breaks on it."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tierpolicies.rules.manifests import RBAC, TODAY, pod
from tierpolicies import judge
from tierpolicies.engine.settings import Settings

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 70000) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    *(
        ("spec", key)
        for key in ("securityContext", "containers", "volumes", "os", "hostNetwork", "hostAliases")
    ),
    *(("metadata", key) for key in ("annotations", "labels", "name", "namespace")),
    *(("spec", "containers", 0, key) for key in ("image", "env", "envFrom", "command", "args", "ports")),
    *(
        ("spec", "containers", 0, key)
        for key in ("securityContext", "volumeMounts", "imagePullPolicy", "name")
    ),
    *(("spec", "containers", 0, "env", 0, key) for key in ("name", "value", "valueFrom")),
    *(
        ("spec", "containers", 0, "securityContext", key)
        for key in ("capabilities", "seLinuxOptions", "runAsUser")
    ),
    *(("spec", "securityContext", key) for key in ("sysctls", "seccompProfile", "windowsOptions")),
    *(("rules", 0, key) for key in ("apiGroups", "resources", "verbs", "resourceNames")),
    *(
        ("spec", key)
        for key in ("rules", "tls", "type", "ports", "externalIPs", "loadBalancerSourceRanges", "source")
    ),
    *(
        (key,)
        for key in ("spec", "data", "stringData", "type", "rules", "subjects", "roleRef", "aggregationRule")
    ),
]
KINDS = [
    *(("v1", kind) for kind in ("Pod", "ConfigMap", "Secret", "Service", "Namespace")),
    *((f"{RBAC}/v1", kind) for kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")),
    ("networking.k8s.io/v1", "Ingress"),
    ("argoproj.io/v1alpha1", "Application"),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), changes=st.lists(st.tuples(st.sampled_from(PLACES), VALUES), max_size=4))
def test_no_value_in_any_place_breaks_a_rule(
    tmp_path: Path, kind: tuple[str, str], changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    made = pod(container={"env": [{"name": "A", "value": "b"}]}) | {"rules": [{}], "data": {"a": "b"}}
    made |= {"apiVersion": kind[0], "kind": kind[1]}
    for place, value in changes:
        at: object = made
        for step in place[:-1]:
            if isinstance(at, dict):
                at = at.get(str(step))
            elif isinstance(at, list):
                at = at[0] if at else None
        if isinstance(at, dict):
            at[str(place[-1])] = value
    (tmp_path / "0.json").write_text(json.dumps(made))
    for select in (("security",), ("security/low-user", "security/always-pull", "security/secret-by-env")):
        report = judge(tmp_path, platform=None, today=TODAY, settings=Settings(select=select))
        assert [each.message for each in report.findings if each.rule == "input/rule-crashed"] == []

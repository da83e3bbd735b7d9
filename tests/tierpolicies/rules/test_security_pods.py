"""Pod Security Standards and images, by tables of cases that would be many small fixtures."""

from pathlib import Path

import pytest

from tests.tierpolicies.rules.manifests import Json, cases, found, pod, rules_of


def test_a_hardened_pod_is_fine(tmp_path: Path) -> None:
    assert found(tmp_path, pod()) == []


def own(**more: object) -> Json:
    """A container's context that the restricted level admits, and more."""
    return {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}} | more}


def common(**more: object) -> Json:
    """A pod's context that the restricted level admits, and more."""
    return {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}} | more}


def volume(**source: object) -> Json:
    return {"volumes": [{"name": "a"} | source]}


NONE: Json = {"securityContext": None}
STANDARDS: list[tuple[str, Json, Json, str]] = [
    ("privilege in the pod", common(privileged=True), {}, ""),
    ("pod may be root", common(runAsNonRoot=False), {}, "run-as-non-root"),
    ("containers are not", common(runAsNonRoot=False), own(runAsNonRoot=True), "run-as-non-root"),
    ("seccomp of no type", common(seccompProfile={}), {}, "seccomp-profile"),
    ("windows", {"os": {"name": "windows"}} | common(seccompProfile=None), NONE, ""),
    ("windows as root", {"os": {"name": "windows"}} | common(runAsNonRoot=None), NONE, "run-as-non-root"),
    ("linux by name", {"os": {"name": "linux"}}, NONE, "privilege-escalation kept-capabilities"),
    ("drop all", {}, own(capabilities={"drop": ["all"]}), "kept-capabilities"),
    ("add ALL", {}, own(capabilities={"drop": ["ALL"], "add": ["ALL"]}), "forbidden-capabilities"),
    ("add one", {}, own(capabilities={"drop": ["ALL"], "add": ["KILL"]}), "kept-capabilities"),
    ("no type of volume", volume(), {}, ""),
    ("null type of volume", volume(emptyDir=None), {}, ""),
    ("null path of the node", volume(hostPath=None), {}, ""),
    ("empty path of the node", volume(hostPath={}), {}, "host-path"),
    ("a repository", volume(gitRepo={"repository": "x"}), {}, "volume-types"),
    ("a volume of its own", volume(ephemeral={}), {}, ""),
    ("user 0", {}, own(runAsUser=0), "root-user"),
    ("user 0 of the pod", common(runAsUser=0), own(runAsUser=1), "root-user"),
    ("empty options of SELinux", {}, own(seLinuxOptions={"type": "", "user": ""}), ""),
    ("user of SELinux", {}, own(seLinuxOptions={"type": "container_t", "user": "u"}), "selinux-options"),
    ("AppArmor by field", common(appArmorProfile={"type": "Unconfined"}), {}, "apparmor-profile"),
    ("empty type of /proc", {}, own(procMount=""), "proc-mount"),
    ("privileged", {}, own(privileged=True, allowPrivilegeEscalation=True), "privileged"),
    ("no port of the node", {}, {"ports": [{"containerPort": 80, "hostPort": 0}]}, ""),
    ("port of the node", {}, {"ports": [{"containerPort": 80, "hostPort": 80}]}, "host-ports"),
    (
        "a container to look inside",
        {"ephemeralContainers": [{"name": "look", "image": "look:1.0"}]},
        {},
        "privilege-escalation kept-capabilities",
    ),
    (
        "first container",
        {"initContainers": [{"name": "first", "image": "look:1.0"} | own(seccompProfile={"type": "None"})]},
        {},
        "seccomp-profile",
    ),
]


@pytest.mark.parametrize(("spec", "container", "expected"), **cases(STANDARDS))
def test_pod_security(tmp_path: Path, spec: Json, container: Json, expected: str) -> None:
    made = pod(spec, container)
    assert rules_of(found(tmp_path, made, select="pod-security-restricted")) == set(expected.split())


LATER = [
    ("sysctls", {"sysctls": [{"name": "net.ipv4.tcp_keepalive_time", "value": "1"}]}, {}, "1.29"),
    ("sysctls", {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}, {}, "1.32"),
    ("selinux-options", {"seLinuxOptions": {"type": "container_engine_t"}}, {}, "1.31"),
    ("root-user", {"runAsUser": 0}, {"hostUsers": False}, "1.35"),
    ("run-as-non-root", {"runAsNonRoot": False}, {"hostUsers": False}, "1.35"),
]


@pytest.mark.parametrize(("rule", "context", "spec", "since"), LATER)
def test_standards_are_those_of_the_version(
    tmp_path: Path, rule: str, context: Json, spec: Json, since: str
) -> None:
    before = f"1.{int(since.partition('.')[2]) - 1}"
    made = pod({"securityContext": context} | spec)
    select = f"security/{rule}"
    assert rules_of(found(tmp_path, made, select=select, kubernetes=before)) == {rule}
    assert found(tmp_path, made, select=select, kubernetes=since) == []


@pytest.mark.parametrize(
    ("image", "policy", "expected"),
    [
        ("ghcr.io/shop/web:latest", "IfNotPresent", {"image-tag", "pull-policy"}),
        ("ghcr.io/shop/web", "Never", {"image-tag", "pull-policy"}),
        ("ghcr.io/shop/web:stable", "IfNotPresent", {"floating-tag", "pull-policy"}),
        ("ghcr.io/shop/web:latest", "Always", {"image-tag"}),
        ("ghcr.io/shop/web:1.4.2", "Never", {"pull-policy"}),
        ("web:1.4.2", "Never", set()),
        ("ghcr.io/shop/web:1.4.2", "IfNotPresent", set()),
        ("ghcr.io/Shop/web:latest", "Never", {"image-reference"}),
    ],
)
def test_images(tmp_path: Path, image: str, policy: str, expected: set[str]) -> None:
    made = pod(container={"image": image, "imagePullPolicy": policy})
    assert rules_of(found(tmp_path, made)) == expected


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ("ghcr.io/shop/web:1", 0),
        ("ghcr.io/shopping/web:1", 1),
        ("quay.io/a/b:1", 0),
        ("quay.io.evil.org/a:1", 1),
        ("web:1", 1),
    ],
)
def test_known_registries(tmp_path: Path, image: str, count: int) -> None:
    made = pod(container={"image": image})
    rule = "security/image-registry"
    assert len(found(tmp_path, made, select=rule, registries=("ghcr.io/shop", "quay.io/"))) == count

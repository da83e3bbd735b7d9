"""From a bare cluster to the first sync: what is done, in which order, and that nothing is typed twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tierwright.cluster.conftest import ROOT, Machine
from tierwright.cluster import argocd
from tierwright.cluster.bootstrap import bootstrap
from tierwright.cluster.roles import buckets, roles
from tierwright.compose.plan import Plan

NODES = {
    "NODES_MASTER": "master",
    "NODES_WORKER_1": "worker-1",
    "NODES_WORKER_2": "worker-2a worker-2b",
    "NODES_STORAGE": "storage",
    "CONTROL_PLANE": "ssh master",
    "ZONE": "Z1",
}
PROGRAMS = ("kubectl", "aws", "helm", "ssh", "curl", "tierwright", "sleep")
STORAGE = ["kubectl", "get", "node"]
Call = dict[str, Any]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A fresh account and a bare cluster; secrets that a person would be asked for are there already."""
    machine = Machine(tmp_path_factory.mktemp("programs"))
    machine.answer(
        "kubectl", "get", "node", "storage", "--output=jsonpath={.spec.providerID}", says="aws:///a/i-9"
    )
    machine.answer("kubectl", "get", "ingress", says="balancer.elb.amazonaws.com")
    machine.answer("kubectl", "get", "--raw", says='{"keys": []}')
    machine.answer("kubectl", "get", "configmap", "kube-proxy", says="metricsBindAddress: 127.0.0.1:10249\n")
    machine.answer("aws", "ec2", says="ap-northeast-2a\ti-0123\n")
    machine.answer("aws", "acm", "request-certificate", says="arn:aws:acm:new")
    machine.answer("aws", "acm", "describe-certificate", says="_x.growbin.app.\t_y.acm.\n")
    machine.answer("aws", "elbv2", says="ZBALANCER")
    machine.answer("aws", "s3api", "head-bucket", code=1)
    machine.answer("aws", "iam", "get-role", code=1)
    machine.answer("curl", says='{"Version":"2012-10-17","Statement":[]}')
    for name in _parameters(ROOT / "dist/prod"):
        if not name.endswith(("/password", "/erlang-cookie")):
            machine.answer("aws", "ssm", "get-parameter", "--region", "ap-northeast-2", "--name", name)
    machine.answer("aws", "ssm", "get-parameter", code=1)
    return machine


@pytest.fixture(scope="module")
def calls(account: Machine, prod: Plan) -> list[Call]:
    """What the script of prod does."""
    return account.run(bootstrap(prod), programs=PROGRAMS, variables=NODES)


def _objects(folder: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted(folder.rglob("*-*.yaml"))]


def _parameters(folder: Path, namespace: str | None = None) -> set[str]:
    """Every parameter that External Secrets reads, in a namespace or all."""
    return {
        item["remoteRef"]["key"]
        for each in _objects(folder)
        if each["kind"] == "ExternalSecret" and namespace in (None, each["metadata"]["namespace"])
        for item in each["spec"]["data"]
    }


def words(calls: list[Call], *begin: str) -> list[list[str]]:
    return [each["call"] for each in calls if each["call"][: len(begin)] == list(begin)]


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


def test_the_steps_come_in_the_order_in_which_they_are_needed(calls: list[Call]) -> None:
    order = [
        ("kubectl", "label"),
        ("kubectl", "patch", "node"),
        ("kubectl", "patch", "deployment", "coredns"),
        ("ssh",),
        ("aws", "iam", "create-open-id-connect-provider"),
        ("aws", "iam", "create-role"),
        ("aws", "s3api", "put-bucket-lifecycle-configuration"),
        ("aws", "acm", "wait"),
        ("aws", "ssm", "put-parameter"),
        ("tierwright", "doctor"),
        ("helm",),
        ("kubectl", "wait"),
        ("aws", "elbv2"),
    ]
    firsts = [
        next(n for n, each in enumerate(calls) if each["call"][: len(begin)] == list(begin))
        for begin in order
    ]
    assert firsts == sorted(firsts)


def test_nodes_get_the_labels_and_taints_that_pods_ask_for(calls: list[Call]) -> None:
    labelled = {
        (node, word)
        for call in words(calls, "kubectl", "label", "node")
        for word in call[3:]
        if "=" in word
        for node in call[3:]
        if node != word and not node.startswith("-")
    }
    assert ("worker-2b", "tier=async-workers") in labelled
    wanted = {
        f"{key}={value}"
        for each in _objects(ROOT / "dist/prod")
        if each["kind"] in {"Deployment", "StatefulSet"}
        for key, value in each["spec"]["template"]["spec"]["nodeSelector"].items()
    }
    assert {word for _, word in labelled} >= wanted
    taints = {(call[3], call[4]) for call in words(calls, "kubectl", "taint")}
    assert taints == {
        ("master", "node-role.kubernetes.io/control-plane:NoSchedule"),
        ("storage", "tier=storage:NoSchedule"),
    }
    excluded = "node.kubernetes.io/exclude-from-external-load-balancers-"
    assert ["kubectl", "label", "node", "master", excluded] in words(calls, "kubectl", "label")


def test_targets_of_the_load_balancer_know_their_machine(calls: list[Call]) -> None:
    patched = {call[3]: json.loads(call[-1].partition("=")[2]) if "=" in call[-1] else json.loads(call[-1])
               for call in words(calls, "kubectl", "patch", "node")}  # fmt: skip
    assert set(patched) == {"master", "worker-1", "worker-2a", "worker-2b"}
    assert patched["master"] == {"spec": {"providerID": "aws:///ap-northeast-2a/i-0123"}}


def test_the_control_plane_s_metrics_are_opened(calls: list[Call], prod: Plan) -> None:
    text = "".join(each["stdin"] for each in calls if each["call"][0] == "ssh")
    opened = {port for port in prod.platform.externals["node-metrics"].ports if str(port) in text}
    assert 2381 in opened
    assert all(f"/{name}.yaml" in text for name in ("etcd", "kube-scheduler", "kube-controller-manager"))
    (proxy,) = [each for each in calls if each["call"][:3] == ["kubectl", "apply", "--filename=-"]]
    assert proxy["stdin"] == 'metricsBindAddress: "0.0.0.0:10249"\n'


def test_etcd_s_and_kubeadm_s_own_files_change_as_meant(calls: list[Call], tmp_path: Path) -> None:
    """The commands for the control plane, on lines as kubeadm writes them."""
    import subprocess

    files = {
        "etcd": "    - --listen-metrics-urls=http://127.0.0.1:2381\n",
        "kube-controller-manager": "    - --bind-address=127.0.0.1\n",
        "kube-scheduler": "    - --bind-address=127.0.0.1\n",
        "kube-apiserver": "    - --service-account-issuer=https://kubernetes.default.svc.cluster.local\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    for each in [each for each in calls if each["call"][0] == "ssh"] * 2:
        assert each["call"] == ["ssh", "master", "sudo", "bash", "-s"]
        script = each["stdin"].replace("/etc/kubernetes/manifests", str(tmp_path))
        subprocess.run(["bash", "-s"], input=script, text=True, check=True)
    held = {name: (tmp_path / f"{name}.yaml").read_text() for name in files}
    issuer = "https://waste-coach-prod-oidc.s3.ap-northeast-2.amazonaws.com"
    assert held == {
        "etcd": "    - --listen-metrics-urls=http://0.0.0.0:2381\n",
        "kube-controller-manager": "    - --bind-address=0.0.0.0\n",
        "kube-scheduler": "    - --bind-address=0.0.0.0\n",
        "kube-apiserver": f"    - --service-account-issuer={issuer}\n"
        f"    - --service-account-jwks-uri={issuer}/keys.json\n"
        "    - --service-account-issuer=https://kubernetes.default.svc.cluster.local\n",
    }


def test_every_role_of_dist_is_made_and_no_other(calls: list[Call]) -> None:
    text = "".join(path.read_text() for path in (ROOT / "dist/prod").rglob("*-*.yaml"))
    wanted = set(re.findall(r"arn:aws:iam::111122223333:role/([\w-]+)", text))
    assert {option(call, "--role-name") for call in words(calls, "aws", "iam", "create-role")} == wanted
    granted = {
        option(call, "--role-name")
        for action in ("put-role-policy", "attach-role-policy")
        for call in words(calls, "aws", "iam", action)
    }
    assert granted == wanted


def test_a_role_is_taken_on_by_its_own_account_alone(calls: list[Call]) -> None:
    accounts = {
        f"system:serviceaccount:{each['metadata']['namespace']}:{each['metadata']['name']}"
        for each in _objects(ROOT / "dist/prod")
        if each["kind"] == "ServiceAccount"
    }
    charts = {f"system:serviceaccount:kube-system:{name}" for name in
              ("aws-load-balancer-controller", "ebs-csi-controller")}  # fmt: skip
    issuer = "waste-coach-prod-oidc.s3.ap-northeast-2.amazonaws.com"
    for call in words(calls, "aws", "iam", "create-role"):
        (statement,) = json.loads(option(call, "--assume-role-policy-document"))["Statement"]
        equal = statement["Condition"]["StringEquals"]
        assert equal[f"{issuer}:aud"] == "sts.amazonaws.com"
        assert equal[f"{issuer}:sub"] in accounts | charts
        assert statement["Principal"] == {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"}


def test_apps_may_use_their_buckets_and_see_what_is_missing(calls: list[Call]) -> None:
    policies = {
        option(call, "--role-name"): json.loads(option(call, "--policy-document"))
        for call in words(calls, "aws", "iam", "put-role-policy")
    }
    statements = policies["waste-coach-prod-ai-worker"]["Statement"]
    assert [each["Resource"] for each in statements] == [
        "arn:aws:s3:::waste-coach-prod-images/*",
        "arn:aws:s3:::waste-coach-prod-images",
    ]
    assert statements[1]["Action"] == "s3:ListBucket"
    assert "backups" in json.dumps(policies["waste-coach-prod-batch-worker"])
    assert "*" not in {action for policy in policies.values() for each in policy["Statement"]
                       for action in each["Action"]}  # fmt: skip


def test_a_namespace_reads_the_parameters_that_its_secrets_name(prod: Plan) -> None:
    readers = {each.namespace: each for each in roles(prod) if each.account == "parameter-store"}
    for namespace, role in readers.items():
        (statement,) = role.statements
        resources = statement["Resource"]
        assert isinstance(resources, list)
        prefix = "arn:aws:ssm:ap-northeast-2:111122223333:parameter"
        assert {str(each).removeprefix(prefix) for each in resources} == _parameters(
            ROOT / "dist/prod", namespace
        )


def test_every_secret_of_dist_gets_a_value_once(calls: list[Call]) -> None:
    asked = [option(call, "--name") for call in words(calls, "aws", "ssm", "get-parameter")]
    assert sorted(asked) == sorted(_parameters(ROOT / "dist/prod"))
    made = [each for each in calls if each["call"][:3] == ["aws", "ssm", "put-parameter"]]
    values = [each["read"][0] for each in made]
    assert len(made) == sum(name.endswith(("/password", "/erlang-cookie")) for name in asked)
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for value in values)
    assert len(set(values)) == len(values)
    assert not any(value in word for value in values for each in calls for word in each["call"])


def test_buckets_are_those_that_apps_are_told_of(calls: list[Call], prod: Plan) -> None:
    told = {
        item["value"]
        for each in _objects(ROOT / "dist/prod")
        if each["kind"] == "Deployment"
        for item in each["spec"]["template"]["spec"]["containers"][0]["env"]
        if item["name"].endswith("_BUCKET")
    }
    assert set(buckets(prod)) == told
    lifecycles = words(calls, "aws", "s3api", "put-bucket-lifecycle-configuration")
    assert {option(call, "--bucket") for call in lifecycles} == told
    blocked = words(calls, "aws", "s3api", "put-public-access-block")
    open_ones = {option(call, "--bucket") for call in blocked if "false" in call[-1]}
    assert open_ones == {"waste-coach-prod-oidc"}


def test_the_certificate_carries_every_name_and_the_host_leads_to_the_balancer(calls: list[Call]) -> None:
    (request,) = words(calls, "aws", "acm", "request-certificate")
    assert option(request, "--domain-name") == "growbin.app"
    assert option(request, "--subject-alternative-names") == "*.growbin.app"
    batches = [
        json.loads(option(call, "--change-batch"))["Changes"][0]["ResourceRecordSet"]
        for call in words(calls, "aws", "route53", "change-resource-record-sets")
    ]
    assert [(each["Name"], each["Type"]) for each in batches] == [
        ("_x.growbin.app.", "CNAME"),
        ("growbin.app", "A"),
    ]
    assert batches[1]["AliasTarget"]["DNSName"] == "balancer.elb.amazonaws.com"


def test_argo_cd_is_installed_as_its_application_has_it(calls: list[Call], prod: Plan) -> None:
    application = yaml.safe_load((ROOT / "dist/prod/argocd/Application-argo-cd.yaml").read_text())
    source = application["spec"]["source"]
    assert yaml.safe_load(argocd.values(prod)) == source["helm"]["valuesObject"]
    (helm,) = words(calls, "helm")
    assert helm[1:5] == ["upgrade", "--install", source["helm"]["releaseName"], source["chart"]]
    assert option(helm, "--version") == source["targetRevision"]
    assert option(helm, "--repo") == source["repoURL"]


def test_every_file_that_is_applied_is_in_dist(calls: list[Call]) -> None:
    files = [
        word.partition("=")[2]
        for call in words(calls, "kubectl", "apply")
        for word in call
        if word.startswith("--filename=dist/")
    ]
    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_slack_is_told_of_syncs(prod: Plan) -> None:
    notifications = yaml.safe_load(argocd.values(prod))["notifications"]
    assert notifications["notifiers"] == {"service.slack": "token: $slack-token\n"}
    secret = f"{notifications['secret']['name']}.yaml"
    (external,) = (ROOT / "dist/prod").rglob(f"ExternalSecret-{secret}")
    assert yaml.safe_load(external.read_text())["spec"]["data"][0]["secretKey"] == "slack-token"
    annotations = yaml.safe_load((ROOT / "dist/prod/argocd/Application-tier-3-waste.yaml").read_text())[
        "metadata"
    ]["annotations"]
    subscribed = {
        key.split("/subscribe.")[1].partition(".")[0]
        for key in annotations
        if key.startswith("notifications.argoproj.io/")
    }
    assert {f"trigger.{each}" for each in subscribed} == set(notifications["triggers"])


def test_without_a_node_s_name_it_ends_before_anything_is_done(prod: Plan, machine: Machine) -> None:
    with pytest.raises(AssertionError, match="names of the node of pool master"):
        machine.run(bootstrap(prod), programs=PROGRAMS)
    assert (machine.folder / "calls").read_text() == ""


def test_it_may_run_again(account: Machine, machine: Machine, prod: Plan) -> None:
    """What is there stays: no role, bucket or parameter is made twice."""
    machine.answers = [each for each in account.answers if each["code"] == 0 and each["call"][:3] != STORAGE]
    machine.answer("kubectl", "get", "node", says="aws:///a/i-1")
    machine.answer(
        "aws",
        "iam",
        "list-open-id-connect-providers",
        says="waste-coach-prod-oidc.s3.ap-northeast-2.amazonaws.com",
    )
    again = machine.run(bootstrap(prod), programs=PROGRAMS, variables=NODES)
    made = ("create-role", "create-bucket", "put-parameter", "create-open-id-connect-provider")
    assert [each["call"] for each in again if each["call"][2:3] and each["call"][2] in made] == []
    assert words(again, "kubectl", "patch", "node") == []


def test_eks_has_an_issuer_and_a_control_plane_of_its_own(live: Plan) -> None:
    script = bootstrap(live)
    assert "ISSUER:?the issuer" in script
    assert "CONTROL_PLANE" not in script
    assert "providerID" not in script
    assert "kubectl label node $NODES_DB pool=db --overwrite" in script


def test_nothing_secret_and_no_apostrophe_in_a_message(prod: Plan, dev: Plan, live: Plan) -> None:
    """An apostrophe in ${NAME:?…} would open a quotation for bash."""
    for plan in (prod, dev, live):
        told = re.findall(r"\$\{\w+:\?([^}]*)\}", bootstrap(plan))
        assert all("'" not in each and '"' not in each for each in told)

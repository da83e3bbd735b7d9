"""What becomes of a pod's template, without starting anything."""

from __future__ import annotations

import pytest

from tests.e2e import kubelet
from tests.e2e.manifests import ManifestError, Manifests
from tests.e2e.substitutions import Substitution, Surroundings

CONFIG_MAP = {
    "kind": "ConfigMap",
    "metadata": {"namespace": "here", "name": "settings"},
    "data": {"colour": "green", "file.json": "{}"},
}
SERVICE = {
    "kind": "Service",
    "metadata": {"namespace": "default", "name": "redis"},
    "spec": {"ports": [{"name": "redis", "port": 6379}]},
}
MANIFESTS = Manifests([CONFIG_MAP, SERVICE])


@pytest.fixture
def context():
    return kubelet.Context(
        owner="Deployment here/one",
        namespace="here",
        pod="one-0",
        manifests=MANIFESTS,
        secrets={("here", "login"): {"password": "s3cret"}},
        token=lambda audience: f"token for {audience}",
        fields={"metadata.name": "one-0"},
    )


@pytest.fixture
def substitution(tmp_path):
    return Substitution(
        owner="Deployment here/one",
        pod="one-0",
        manifests=MANIFESTS,
        surroundings=Surroundings(
            servers={("default", "redis", "redis"): 21000},
            third_parties={"https://api.example.org": "http://127.0.0.1:22000"},
            aws={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:23000"},
        ),
        ports={8000: 24000},
        mounts={"/etc/here": tmp_path},
    )


def _variable(**what):
    return {"env": [{"name": "ONE", **what}]}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ({"value": "plain"}, "plain"),
        ({}, ""),
        ({"valueFrom": {"configMapKeyRef": {"name": "settings", "key": "colour"}}}, "green"),
        ({"valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}}, "s3cret"),
        ({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, "one-0"),
    ],
)
def test_a_variable_is_resolved(context, variable, value):
    assert kubelet.variables(_variable(**variable), context) == {"ONE": value}


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ({"secretKeyRef": {"name": "login", "key": "pass"}}, "key 'pass' of Secret login"),
        ({"secretKeyRef": {"name": "log-in", "key": "password"}}, "Secret here/log-in"),
        ({"configMapKeyRef": {"name": "setting", "key": "colour"}}, "ConfigMap here/setting"),
        ({"fieldRef": {"fieldPath": "spec.hostname"}}, "spec.hostname"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(context, reference, told):
    with pytest.raises(ManifestError, match=told):
        kubelet.variables(_variable(valueFrom=reference), context)


def test_an_optional_reference_may_lead_nowhere(context):
    absent = {"secretKeyRef": {"name": "log-in", "key": "password", "optional": True}}
    assert kubelet.variables(_variable(valueFrom=absent), context) == {}


def test_whole_config_maps_become_variables(context):
    container = {"envFrom": [{"prefix": "A_", "configMapRef": {"name": "settings"}}]}
    assert kubelet.variables(container, context) == {"A_colour": "green", "A_file.json": "{}"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(A)/b", "1/b"),
        ("$(B)", "$(B)"),
        ("$$(A)", "$(A)"),
        ("$A", "$A"),
        ("$(A)$(A)", "11"),
    ],
)
def test_references_in_text_are_expanded(text, expanded):
    assert kubelet.expanded(text, {"A": "1"}) == expanded


def test_a_variable_sees_those_before_it(context):
    container = {
        "env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "2"}, {"name": "C", "value": "$(B)"}]
    }
    assert kubelet.variables(container, context) == {"A": "$(B)", "B": "2", "C": "2"}


def test_volumes_become_files(context, tmp_path):
    spec = {
        "volumes": [
            {"name": "all", "configMap": {"name": "settings"}},
            {"name": "one", "secret": {"secretName": "login", "items": [{"key": "password", "path": "p"}]}},
            {
                "name": "aws",
                "projected": {"sources": [{"serviceAccountToken": {"audience": "sts", "path": "t"}}]},
            },
            {"name": "tmp", "emptyDir": {}},
        ]
    }
    paths = {"all": "/etc/all", "one": "/etc/one", "aws": "/var/aws", "tmp": "/empty"}
    container = {"volumeMounts": [{"name": name, "mountPath": path} for name, path in paths.items()]}
    mounts = kubelet.mount(spec, container, context, tmp_path)
    assert mounts == {path: tmp_path / path[1:] for path in paths.values()}
    files = {
        str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == {
        "etc/all/colour": "green",
        "etc/all/file.json": "{}",
        "etc/one/p": "s3cret",
        "var/aws/t": "token for sts",
    }


@pytest.mark.parametrize(
    ("volume", "told"),
    [
        ({"hostPath": {"path": "/"}}, "hostPath"),
        ({"secret": {"secretName": "login", "items": [{"key": "pass", "path": "p"}]}}, "key 'pass'"),
        ({"configMap": {"name": "setting"}}, "ConfigMap here/setting"),
    ],
)
def test_a_volume_that_cannot_be_mounted_is_told(context, tmp_path, volume, told):
    spec = {"volumes": [{"name": "one", **volume}]}
    container = {"volumeMounts": [{"name": "one", "mountPath": "/etc/one"}]}
    with pytest.raises(ManifestError, match=told):
        kubelet.mount(spec, container, context, tmp_path)


@pytest.mark.parametrize(
    ("told", "given"),
    [
        (
            {"REDIS_HOST": "redis.default.svc", "REDIS_PORT": "6379"},
            {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "21000"},
        ),
        ({"METRICS_PORT": "8000"}, {"METRICS_PORT": "24000"}),
        ({"BASE_URL": "https://api.example.org/v1"}, {"BASE_URL": "http://127.0.0.1:22000/v1"}),
        ({"TOKEN_ISSUER": "https://growbin.app"}, {"TOKEN_ISSUER": "https://growbin.app"}),
        ({"TZ": "Asia/Seoul"}, {"TZ": "Asia/Seoul"}),
    ],
)
def test_what_may_differ_is_substituted(substitution, told, given):
    assert substitution.environment(told) == given


def test_a_path_under_a_mount_is_the_pods_own(substitution, tmp_path):
    assert substitution.environment({"FILE": "/etc/here/a.json"}) == {"FILE": f"{tmp_path}/a.json"}
    assert substitution.command(["psql", "--file=/etc/here/a.sql"]) == ["psql", f"--file={tmp_path}/a.sql"]


def test_a_role_in_aws_is_led_to_local_endpoints(substitution):
    arn = "arn:aws:iam::111122223333:role/one"
    given = {"AWS_ROLE_ARN": arn, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:23000"}
    assert substitution.environment({"AWS_ROLE_ARN": arn}) == given


@pytest.mark.parametrize(
    "told",
    [
        {"REDIS_HOST": "redis.default.svc", "REDIS_PORT": "6380"},
        {"REDIS_HOST": "redis.default.svc"},
        {"REDIS_HOST": "redis.other.svc", "REDIS_PORT": "6379"},
        {"REDIS_HOST": "10.0.0.7", "REDIS_PORT": "6379"},
        {"CACHE": "redis.default.svc:6379"},
        {"METRICS_PORT": "9090"},
        {"BASE_URL": "https://api.example.com/v1"},
        {"BASE_URL": "http://redis.default.svc:6379"},
        {"FILE": "/etc/there/a.json"},
    ],
)
def test_whatever_else_would_have_to_differ_is_told_by_name(substitution, told):
    with pytest.raises(
        ManifestError, match=rf"Deployment here/one: .*{next(iter(told))}|one: {next(iter(told))}"
    ):
        substitution.environment(told)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["uvicorn", "--port", "8001"], "argument 8001"),
        (["uvicorn", "--host", "127.0.0.1"], "argument 127.0.0.1"),
        (["alembic", "-c", "/srv/alembic.ini"], "argument /srv/alembic.ini"),
        (["celery", "--broker", "redis.default.svc"], "redis.default.svc"),
    ],
)
def test_so_is_a_word_of_the_command(substitution, command, told):
    with pytest.raises(ManifestError, match=told):
        substitution.command(command)


def test_ports_and_names_of_a_command_are_substituted(substitution):
    command = ["uvicorn", "a.main:app", "--host", "0.0.0.0", "--port", "8000", "--hostname", "one@%h"]  # noqa: S104
    given = ["uvicorn", "a.main:app", "--host", "127.0.0.1", "--port", "24000", "--hostname", "one@one-0"]
    assert substitution.command(command) == given

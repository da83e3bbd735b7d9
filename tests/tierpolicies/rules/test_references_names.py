"""Names case by case: what a reference may name without being told, and what is told of it."""

import pytest

from tests.tierpolicies.rules.written import found, pod, thing


def secret_key(key: str) -> str:
    return pod(container=f"env: [{{name: A, valueFrom: {{secretKeyRef: {{name: db, key: {key}}}}}}}]")


EXTERNAL = "external-secrets.io/v1"


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        (thing("Secret", "stringData: {a: x}\ndata: {b: eA==}", name="db"), "ab"),
        (thing("Secret", "type: kubernetes.io/service-account-token", name="db"), "abc"),
        (thing("Secret", "type: Opaque", name="db"), "abc"),
        (
            thing("SealedSecret", "spec: {encryptedData: {a: x}}", name="db", api="bitnami.com/v1alpha1"),
            "a",
        ),
        (
            thing("ExternalSecret", "spec: {data: [{secretKey: a}]}", name="db", api=EXTERNAL),
            "a",
        ),
        (
            thing("ExternalSecret", "spec: {target: {name: db}, data: [{secretKey: b}]}", api=EXTERNAL),
            "b",
        ),
        (
            thing("ExternalSecret", "spec: {dataFrom: [{extract: {key: x}}]}", name="db", api=EXTERNAL),
            "abc",
        ),
        (
            thing(
                "ExternalSecret",
                "spec: {target: {template: {data: {c: '{{.a}}'}}}, data: [{secretKey: a}]}",
                name="db",
                api=EXTERNAL,
            ),
            "c",
        ),
        (
            thing(
                "ExternalSecret",
                "spec: {target: {template: {mergePolicy: Merge, data: {c: x}}}, data: [{secretKey: a}]}",
                name="db",
                api=EXTERNAL,
            ),
            "ac",
        ),
        (thing("Certificate", "spec: {secretName: db}", api="cert-manager.io/v1"), "abc"),
        (
            thing("ClusterExternalSecret", "spec: {externalSecretSpec: {data: [{secretKey: a}]}}", name="db"),
            "a",
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db, namespace: shop}", "abc"),
    ],
)
def test_the_keys_of_a_secret_are_those_that_its_source_gives_it(source: str, keys: str) -> None:
    told = {key: found("references/secret-key", source, secret_key(key)) for key in "abc"}
    assert {key for key, messages in told.items() if not messages} == set(keys)


@pytest.mark.parametrize(
    ("spec", "container", "told"),
    [
        ("", "envFrom: [{secretRef: {name: x}}]", "the container web needs the Secret x"),
        ("", "envFrom: [{secretRef: {name: x, optional: true}}]", ""),
        ("", "env: [{name: A, valueFrom: {secretKeyRef: {name: x, key: a}}}]", "the variable A of web"),
        ("volumes: [{name: v, secret: {secretName: x}}]", "", "the volume v needs the Secret x"),
        ("volumes: [{name: v, secret: {secretName: x, optional: true}}]", "", ""),
        ("volumes: [{name: v, projected: {sources: [{secret: {name: x}}]}}]", "", "the volume v"),
        ("imagePullSecrets: [{name: x}]", "", "the pull of its images needs the Secret x"),
    ],
)
def test_a_secret_is_missed_where_others_of_its_namespace_come_from_the_tree(
    spec: str, container: str, told: str
) -> None:
    source = thing("Secret", "stringData: {a: x}", name="other")
    messages = found("references/secret", source, pod(spec, container))
    assert len(messages) == bool(told)
    assert told in "".join(messages)
    assert found("references/secret", pod(spec, container)) == []


@pytest.mark.parametrize(
    ("spec", "container", "told"),
    [
        ("", "envFrom: [{configMapRef: {name: x}}]", "the container web needs the ConfigMap x"),
        ("", "envFrom: [{configMapRef: {name: x, optional: true}}]", ""),
        ("", "envFrom: [{configMapRef: {name: '${NAME}'}}]", ""),
        ("", "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: a}}}]", ""),
        ("", "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: b}}}]", ""),
        ("", "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: c}}}]", "needs 'c', a key that"),
        ("volumes: [{name: v, configMap: {name: x, items: [{key: a, path: a}]}}]", "", "the ConfigMap x"),
        ("volumes: [{name: v, configMap: {name: generated}}]", "", ""),
        ("volumes: [{name: v, configMap: {name: trusted}}]", "", ""),
        ("volumes: [{name: v, configMap: {name: kube-root-ca.crt}}]", "", ""),
    ],
)
def test_a_config_map_is_missed_unless_something_makes_it(spec: str, container: str, told: str) -> None:
    sources = (
        thing("ConfigMap", "data: {a: x}\nbinaryData: {b: eA==}"),
        thing("Kustomization", "configMapGenerator: [{name: generated}]", api="kustomize.config.k8s.io/v1"),
        "apiVersion: trust.cert-manager.io/v1alpha1\nkind: Bundle\nmetadata: {name: trusted}",
    )
    messages = found("references/config-map", *sources, pod(spec, container))
    assert len(messages) == bool(told)
    assert told in "".join(messages)


def test_what_a_pod_needs_of_a_missing_config_map_is_one_fault() -> None:
    items = "volumes: [{name: v, configMap: {name: x, items: [{key: a, path: a}, {key: b, path: b}]}}]"
    variables = ", ".join(
        f"{{name: {key}, valueFrom: {{configMapKeyRef: {{name: x, key: {key}}}}}}}" for key in "ABC"
    )
    assert len(found("references/config-map", pod(items, f"env: [{variables}]"))) == 1


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("kind: Role, name: reader", ""),
        ("kind: Role, name: raeder", "there is no Role 'raeder' in shop (did you mean 'reader'?)"),
        ("kind: ClusterRole, name: nodes", ""),
        ("kind: ClusterRole, name: view", ""),
        ("kind: ClusterRole, name: 'system:node'", ""),
        ("kind: ClusterRole, name: ndoes", "there is no ClusterRole 'ndoes' (did you mean 'nodes'?)"),
    ],
)
def test_a_binding_grants_a_role_that_there_is(reference: str, told: str) -> None:
    rbac = "rbac.authorization.k8s.io/v1"
    roles = [
        thing("Role", "rules: []", name="reader", api=rbac),
        f"apiVersion: {rbac}\nkind: ClusterRole\nmetadata: {{name: nodes}}\nrules: []",
    ]
    binding = thing("RoleBinding", f"roleRef: {{{reference}}}\nsubjects: []", api=rbac)
    assert found("references/role", *roles, pod(), binding) == ([told] if told else [])


def test_a_namespace_that_an_application_makes_needs_no_object() -> None:
    shop = "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}"
    application = thing(
        "Application",
        "spec: {destination: {namespace: shop}, syncPolicy: {syncOptions: [CreateNamespace=true]}}",
        api="argoproj.io/v1alpha1",
        namespace="argocd",
    )
    assert found("references/namespace", shop, pod()) == ["no Namespace of the tree is called 'shop'"]
    assert found("references/namespace", shop, pod(), application) == []
    assert found("references/namespace", pod()) == []


def test_a_class_is_missed_only_where_the_tree_has_classes() -> None:
    claim = thing("PersistentVolumeClaim", "spec: {storageClassName: fast}")
    known = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: faster}"
    chart = thing(
        "Application",
        "spec: {destination: {namespace: rook}, source: {chart: ceph, helm: {valuesObject: {class: fast}}}}",
        api="argoproj.io/v1alpha1",
        namespace="argocd",
    )
    rule = "references/storage-class"
    assert found(rule, claim) == []
    assert found(rule, claim, known) == ["there is no StorageClass 'fast' (did you mean 'faster'?)"]
    assert found(rule, claim, known, chart) == []


def test_secrets_made_by_hand_are_told_where_one_alone_is_called_otherwise() -> None:
    def named(*names: str) -> list[str]:
        pods = [
            pod(f"volumes: [{{name: v, secret: {{secretName: {name}}}}}]").replace(
                "metadata: {name: web", f"metadata: {{name: web{number}"
            )
            for number, name in enumerate(names)
        ]
        return found("references/secret", *pods)

    assert named("database", "database", "database", "other") == []
    (message,) = named("database", "database", "database", "databse")
    assert message == "the volume v needs the Secret databse; 3 others in shop need 'database'"

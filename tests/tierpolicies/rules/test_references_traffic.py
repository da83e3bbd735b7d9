"""Names on the way of a request, case by case: ports, backends, routes and peers."""

import pytest

from tests.tierpolicies.rules.written import found, pod, thing

ALB = "alb.ingress.kubernetes.io"
INGRESS = "networking.k8s.io/v1"
MONITOR = "monitoring.coreos.com/v1"


@pytest.mark.parametrize(
    ("target", "protocol", "told"),
    [
        ("http", "TCP", ""),
        ("8080", "TCP", ""),
        ("htpp", "TCP", "has a port named 'htpp' (did you mean 'http'?)"),
        ("9090", "TCP", "declares the port 9090; declared: 53, 8080"),
        ("dns", "UDP", ""),
        ("http", "UDP", "is TCP, the Service's is UDP"),
        ("before", "TCP", "has a port named 'before'"),
        ("beside", "TCP", ""),
    ],
)
def test_a_service_sends_to_a_port_of_a_container_that_runs(target: str, protocol: str, told: str) -> None:
    ports = "ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]"
    spec = (
        "initContainers: [{name: a, ports: [{name: before, containerPort: 1}]},"
        " {name: b, restartPolicy: Always, ports: [{name: beside, containerPort: 8080}]}]"
    )
    port = f"{{port: 80, protocol: {protocol}, targetPort: {target}}}"
    service = thing("Service", f"spec: {{selector: {{app: web}}, ports: [{port}]}}")
    messages = found("references/service-port", pod(spec, ports), service)
    assert len(messages) == bool(told)
    assert told in "".join(messages)


def test_a_number_is_fine_where_no_port_is_declared() -> None:
    service = thing("Service", "spec: {selector: {app: web}, ports: [{port: 80}]}")
    assert found("references/service-port", pod(), service) == []


@pytest.mark.parametrize(
    ("selector", "api", "told"),
    [
        ("{}", "policy/v1", ""),
        ("{matchLabels: {app: web}}", "policy/v1", ""),
        ("{matchExpressions: [{key: app, operator: Exists}]}", "policy/v1", ""),
        ("null", "policy/v1", "without a selector"),
        ("{matchLabels: {app: wbe}}", "policy/v1", "Pod web has app=web"),
        ("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", "policy/v1", "app NotIn (web)"),
    ],
)
def test_a_budget_is_for_somebody(selector: str, api: str, told: str) -> None:
    budget = thing("PodDisruptionBudget", f"spec: {{minAvailable: 1, selector: {selector}}}", api=api)
    messages = found("references/budget-selector", pod(), budget)
    assert len(messages) == bool(told)
    assert told in "".join(messages)


@pytest.mark.parametrize(
    ("api", "backend", "told"),
    [
        (INGRESS, "service: {name: web, port: {number: 80}}", ""),
        (INGRESS, "service: {name: web, port: {name: http}}", ""),
        (INGRESS, "service: {name: web, port: {number: 8080}}", "8080 is the pods' port, not the Service's"),
        (INGRESS, "service: {name: web, port: {name: https}}", "has no port 'https'; its ports are 80, http"),
        (INGRESS, "service: {name: wbe, port: {number: 80}}", "(did you mean 'web'?)"),
        (INGRESS, "service: {name: far, port: {number: 80}}", "the one in other cannot be named from here"),
        (INGRESS, "resource: {kind: Bucket, name: web}", ""),
        (INGRESS, "serviceName: web, servicePort: 80", "names neither a Service nor a resource"),
        ("networking.k8s.io/v1beta1", "serviceName: web, servicePort: 80", ""),
        ("extensions/v1beta1", "serviceName: web, servicePort: http", ""),
        ("extensions/v1beta1", "serviceName: web, servicePort: https", "has no port 'https'"),
    ],
)
def test_a_backend_is_a_service_of_the_same_namespace(api: str, backend: str, told: str) -> None:
    services = [
        thing("Service", "spec: {ports: [{name: http, port: 80, targetPort: 8080}]}"),
        thing("Service", "spec: {ports: [{port: 80}]}", name="far", namespace="other"),
    ]
    rules = f"spec: {{rules: [{{http: {{paths: [{{path: /, backend: {{{backend}}}}}]}}}}]}}"
    messages = found("references/ingress-backend", *services, thing("Ingress", rules, api=api))
    assert len(messages) == bool(told)
    assert told in "".join(messages)


@pytest.mark.parametrize(
    ("first", "second", "is_told"),
    [
        ("nginx", "nginx", True),
        ("nginx", "traefik", False),
        ("alb", "alb", False),
        ("alb group.name=a", "alb group.name=a", True),
        ("alb group.name=a", "alb group.name=b", False),
        ("alb group.name=a listen-ports=80", "alb group.name=a listen-ports=81", False),
    ],
)
def test_routes_collide_where_one_controller_serves_them(first: str, second: str, *, is_told: bool) -> None:
    def ingress(name: str, of: str) -> str:
        kind, *annotations = of.split()
        written = ", ".join(
            f"{ALB}/{key}: '{value}'" for key, value in (each.split("=") for each in annotations)
        )
        paths = "[{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]"
        return (
            f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
            f"metadata: {{name: {name}, namespace: shop, annotations: {{{written}}}}}\n"
            f"spec: {{ingressClassName: {kind}, rules: [{{host: a.example, http: {{paths: {paths}}}}}]}}"
        )

    messages = found("references/duplicate-route", ingress("one", first), ingress("two", second))
    assert messages == (["a.example / is answered in Ingress/shop/one, too"] if is_told else [])


def test_prefixes_with_and_without_a_slash_are_one_route() -> None:
    def path(text: str, kind: str) -> str:
        return (
            f"{{path: {text}, pathType: {kind}, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}"
        )

    def messages(*paths: str) -> list[str]:
        rules = f"spec: {{ingressClassName: nginx, rules: [{{http: {{paths: [{', '.join(paths)}]}}}}]}}"
        return found("references/duplicate-route", thing("Ingress", rules, api=INGRESS))

    assert messages(path("/a", "Prefix"), path("/a/", "Prefix")) == [
        "any host /a/ is answered in this Ingress, too"
    ]
    assert messages(path("/a", "Prefix"), path("/a", "Exact")) == []
    assert messages(path("/a", "Exact"), path("/a/", "Exact")) == []


@pytest.mark.parametrize(
    ("where", "home", "told"),
    [
        ("", "shop", ""),
        ("namespaceSelector: {any: true}, ", "watch", ""),
        ("namespaceSelector: {matchNames: [shop]}, ", "watch", ""),
        (
            "namespaceSelector: {matchNames: [other]}, ",
            "shop",
            "no Service in the namespace other has app=web",
        ),
        ("", "watch", "no Service in the namespace watch has app=web; web in shop has"),
    ],
)
def test_a_monitor_looks_in_its_own_namespace_unless_it_says_another(
    where: str, home: str, told: str
) -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, labels: {app: web}}\n"
        "spec: {ports: [{name: http, port: 80}]}"
    )
    spec = f"spec: {{{where}selector: {{matchLabels: {{app: web}}}}, endpoints: [{{port: http}}]}}"
    monitor = thing("ServiceMonitor", spec, api=MONITOR, namespace=home)
    messages = found("references/monitor-selector", service, monitor)
    assert len(messages) == bool(told)
    assert told in "".join(messages)


@pytest.mark.parametrize(
    ("where", "pods", "told"),
    [
        ("", "app: web", ""),
        ("", "app: wbe", "Pod web has app=web"),
        ("namespaceSelector: {}, ", "app: wbe", ""),
        (
            "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, ",
            "app: wbe",
            "Pod web has",
        ),
        ("namespaceSelector: {matchLabels: {team: sales}}, ", "app: wbe", "Pod web has app=web"),
        ("namespaceSelector: {matchLabels: {team: other}}, ", "app: wbe", ""),
        ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, ", "app: web", ""),
    ],
)
def test_a_peer_is_somebody_of_the_namespaces_that_are_meant(where: str, pods: str, told: str) -> None:
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: sales}}"
    peer = f"{{{where}podSelector: {{matchLabels: {{{pods}}}}}}}"
    policy = thing(
        "NetworkPolicy", f"spec: {{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}", api=INGRESS
    )
    messages = found("references/network-policy-peer", namespace, pod(), policy)
    assert len(messages) == bool(told)
    assert told in "".join(messages)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://web.shop.svc:80/a", ""),
        ("web.shop.svc.cluster.local", ""),
        ("redis://:x@cache.shop.svc/0", "there is no Service cache in the namespace shop"),
        ("web-0.members.shop.svc.cluster.local.", "there is no Service members in the namespace shop"),
        ("a,wbe.shop.svc;b", "there is no Service wbe in the namespace shop (did you mean 'web'?)"),
        ("$(NAME).shop.svc", ""),
        ("x-${NAME}-y.shop.svc", ""),
        ("cache.elsewhere.svc", ""),
        ("import com.shop.svc.Main", ""),
        (".shop.svc,.svc,.cluster.local", ""),
        ("web.shop", ""),
    ],
)
def test_a_host_name_leads_to_a_service(text: str, told: str) -> None:
    service = thing("Service", "spec: {selector: {app: web}, ports: [{port: 80}]}")
    for document in (
        pod(container=f"env: [{{name: A, value: '{text}'}}]"),
        pod(container=f"args: ['{text}']"),
        thing("ConfigMap", f"data: {{a: '{text}'}}"),
    ):
        assert found("references/service-host", service, document) == ([told] if told else [])


def test_a_single_ingress_of_a_class_that_is_almost_the_others() -> None:
    def classes(*names: str) -> list[str]:
        ingresses = [
            thing("Ingress", f"spec: {{ingressClassName: {name}}}", api=INGRESS, name=f"web{number}")
            for number, name in enumerate(names)
        ]
        return found("references/ingress-class", *ingresses)

    assert classes("public-web", "public-web", "public-web", "public-wbe") != []
    assert classes("public-web", "public-web", "public-web", "internal") == []
    assert classes("nginx", "nginx", "nginx", "nginx2") == []
    assert classes("nginx", "nginx", "nginx", "traefik") == []

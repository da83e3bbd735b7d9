"""Small trees of manifests, written out, and what the analyzer tells of them."""

from __future__ import annotations

from typing import Any

import yaml

from tierpolicies.documents.reader import read_files
from tierpolicies.engine.index import Index
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.lines import connection_lines


def pod(name: str, namespace: str = "shop", *, ports: str = "[]", host: bool = False, **labels: str) -> str:
    told = yaml.safe_dump({"app": name, **labels}, default_flow_style=True).strip()
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {told}}}
spec: {{hostNetwork: {str(host).lower()}, containers: [{{name: main, ports: {ports}}}]}}
"""


def policy(spec: str, namespace: str = "shop", name: str = "own") -> str:
    return f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: {namespace}}}
spec: {spec}
"""


def admin(spec: str, kind: str = "AdminNetworkPolicy", name: str = "first") -> str:
    return f"""
apiVersion: policy.networking.k8s.io/v1alpha1
kind: {kind}
metadata: {{name: {name}}}
spec: {spec}
"""


def index(*documents: str) -> Index:
    return Index(read_files({"all.yaml": "---".join(documents).encode()}).manifests)


def lines(*documents: str, **options: Any) -> list[str]:
    network = Network(index(*documents), **options)
    return list(connection_lines(network.space, network.connections()))


WEB, DB = "shop/web[Pod]", "shop/db[Pod]"

"""Service accounts: in whose name a pod acts, and which of them have a role."""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.access.roles import BINDINGS
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Pod

DEFAULT = "default"
"""The service account of pods that name none; each namespace has one."""
_ALL = "system:serviceaccounts"
_USER = "system:serviceaccount:"


def account_of(pod: Pod) -> tuple[str, View]:
    """The name of a pod's service account, and where it stands; `serviceAccount` is its old name."""
    for field in ("serviceAccountName", "serviceAccount"):
        if name := pod.spec[field].text:
            return name, pod.spec[field]
    return DEFAULT, pod.spec["serviceAccountName"]


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything that bindings name: accounts (namespace and name), whole namespaces, or all of them."""

    accounts: frozenset[tuple[str, str]]
    namespaces: frozenset[str]
    everyone: bool

    def includes(self, namespace: str, name: str) -> bool:
        """Whether an account has a role."""
        namespace = namespace or DEFAULT_NAMESPACE
        return self.everyone or namespace in self.namespaces or (namespace, name) in self.accounts


def bound(index: Index) -> Bound:
    """What the bindings among the objects name."""
    accounts: set[tuple[str, str]] = set()
    namespaces: set[str] = set()
    for binding in index.of_kind(*BINDINGS):
        for subject in subjects(binding):
            if subject.account is not None:
                accounts.add(subject.account)
            elif subject.kind == "Group" and subject.name.startswith(_ALL):
                namespaces.add(subject.name.removeprefix(_ALL).removeprefix(":"))
    return Bound(frozenset(accounts), frozenset(namespaces - {""}), "" in namespaces)


@dataclass(frozen=True, slots=True)
class SubjectOfBinding:
    """Whom a binding gives a role: `account` is the service account that is meant, if one is."""

    kind: str
    name: str
    account: tuple[str, str] | None
    view: View


def subjects(binding: Manifest) -> Iterator[SubjectOfBinding]:
    """Those whom a binding gives its role."""
    for view in binding.view["subjects"]:
        kind, name, account = view["kind"].text, view["name"].text, None
        if kind == "ServiceAccount":
            account = (view["namespace"].text or binding.namespace or DEFAULT_NAMESPACE, name)
        elif kind == "User" and name.startswith(_USER):
            namespace, _, account_name = name.removeprefix(_USER).partition(":")
            account = (namespace, account_name)
        yield SubjectOfBinding(kind, name, account, view)

"""Roles of RBAC: what their rules let somebody do, and to whom bindings give them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View

GROUP = "rbac.authorization.k8s.io"
ROLES = ("Role", "ClusterRole")
BINDINGS = ("RoleBinding", "ClusterRoleBinding")
ANY = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule of a role: which verbs on which resources of which API groups, of those names only if any."""

    view: View
    groups: frozenset[str]
    verbs: frozenset[str]
    is_named: bool

    def resources(self, group: str, wanted: Iterable[str]) -> Iterator[View]:
        """Where the rule names one of some resources of an API group; `*` names none of them."""
        if group in self.groups or ANY in self.groups:
            for resource in self.view["resources"]:
                if resource.text in wanted:
                    yield resource

    def allowed(self, *wanted: str) -> list[str]:
        """Those of some verbs that the rule allows; all that it says where it says `*`."""
        return [ANY] if ANY in self.verbs else [verb for verb in wanted if verb in self.verbs]


def grants(role: Manifest) -> Iterator[Grant]:
    """The rules of a Role or ClusterRole, and of no namesake of another API group."""
    if role.group == GROUP:
        for view in role.view["rules"]:
            groups = frozenset(each.text for each in view["apiGroups"])
            verbs = frozenset(each.text for each in view["verbs"])
            yield Grant(view, groups, verbs, any(view["resourceNames"]))


def reach(role: Manifest) -> str:
    """How far a role reaches, in words."""
    return "in its namespace" if role.kind == "Role" else "wherever it is bound"

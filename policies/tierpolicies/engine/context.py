"""What a rule may look at."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from tierpolicies.documents.contents import Contents
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import Tree
from tierpolicies.engine.config_maps import ConfigMaps
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index
from tierpolicies.engine.origins import INVENTORY
from tierpolicies.engine.outside import Outside
from tierpolicies.engine.overlays import Overlays
from tierpolicies.engine.references import References
from tierpolicies.engine.secret_sources import SecretSources
from tierpolicies.engine.settings import Settings
from tierpolicies.engine.waivers import Given, given
from tierpolicies.engine.words import Words
from tierpolicies.engine.workload import WORKLOAD_KINDS, Pod
from tierpolicies.platform import Place, Platform

if TYPE_CHECKING:
    from tierpolicies.schemas.catalog import Catalog
    from tierpolicies.schemas.verdicts import Verdicts

T = TypeVar("T")
PODS = "Pod"
"""In a rule's `rests_on`: any kind that makes pods."""
PLATFORM, BASE, MESSAGES, FLOWS = "platform", "base", "messages", "flows"
"""Traits: a platform is known; a base is known; there is a broker's configuration, or somebody who works
for one; an inventory declares flows."""
_BROKER_WORDS = re.compile("celery|rabbitmq|amqp", re.IGNORECASE)
_BROKER_FILES = frozenset(("definitions.json", "messaging.json", "rabbitmq.conf", "enabled_plugins"))


@dataclass(frozen=True)
class Context:
    """Everything a rule may know: the files, the index over them, the platform and the date.

    `versions` are the Kubernetes versions that must accept the objects, the cluster's own first;
    `rules` the names of all rules there are; `base` what the files were before a change, where known.
    `contents` gives the bytes of files beside the manifests.
    """

    tree: Tree
    platform: Platform | None
    today: date
    versions: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    rules: tuple[str, ...] = ()
    base: Tree | None = None
    contents: Contents | None = None
    _made: dict[Callable[["Context"], object], object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, make: Callable[["Context"], T]) -> T:
        """What a function makes of the context, made at first: several rules and the report may ask for
        it."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    @cached_property
    def index(self) -> Index:
        """The objects by kind, name and owner; made once for all rules."""
        return Index(self.tree.manifests)

    @cached_property
    def base_index(self) -> Index | None:
        """The objects as they were before the change."""
        return Index(self.base.manifests) if self.base is not None else None

    @cached_property
    def outside(self) -> Outside:
        """What may be in the cluster that the tree does not show."""
        return Outside(self.index, self.tree)

    @cached_property
    def overlays(self) -> Overlays:
        """Which files are never applied together."""
        return Overlays(self.tree)

    @cached_property
    def references(self) -> References:
        """The ConfigMaps and Secrets that objects name."""
        return References(self.index)

    @cached_property
    def config_maps(self) -> ConfigMaps:
        """The ConfigMaps that the tree holds or makes."""
        return ConfigMaps(self.index)

    @cached_property
    def secrets(self) -> SecretSources:
        """The Secrets that the tree holds or makes."""
        return SecretSources(self.index)

    @cached_property
    def catalog(self) -> "Catalog":
        """Every kind that is known, those of the tree's own definitions among them."""
        from tierpolicies.schemas.catalog import Catalog  # noqa: PLC0415 (the schemas are read when used)

        return Catalog(self.tree.manifests, self.settings.crds)

    @cached_property
    def verdicts(self) -> "Verdicts":
        """What the schemas say of all objects, and of the definitions that come from elsewhere."""
        from tierpolicies.schemas.verdicts import Verdicts  # noqa: PLC0415 (20 ms of jsonschema-rs)

        return Verdicts([*self.index.manifests, *self.catalog.further], self.catalog, self.versions)

    @cached_property
    def words(self) -> Words:
        """The words that namespaces use for their pods and Services."""
        return Words(self.index)

    @cached_property
    def waivers(self) -> tuple[Given, ...]:
        """The waivers of the description and those that objects carry."""
        return given(self.platform, self.tree.manifests)

    @cached_property
    def traits(self) -> frozenset[str]:
        """What the tree has: its kinds, and the traits that rules may need beside them."""
        found = {manifest.kind for manifest in self.index.manifests}
        if self.index.workloads:
            found.add(PODS)
        if self.platform is not None:
            found.add(PLATFORM)
        if self.base is not None:
            found.add(BASE)
        if any(map(_is_about_messages, self.index.of_kind("ConfigMap", "Secret"))) or any(
            _works_off(each.own) for each in self.index.workloads
        ):
            found.add(MESSAGES)
        if any(file.rpartition("/")[2] == INVENTORY for file in self.tree.files):
            found.add(FLOWS)
        return frozenset(found)

    def problems(self, *kinds: str) -> Iterator[Fault]:
        """What could not be read, of some kinds."""
        for file, problem in ((each.file, each.problem) for each in self.tree.unreadable):
            if problem.kind in kinds:
                place = Place(file, problem.line, problem.column)
                yield Fault(problem.message, file=place, remediation=problem.mend or None)

    def lacks(self, kinds: tuple[str, ...]) -> bool:
        """Whether an object of one of some kinds may be there that could not be read."""
        if not kinds or not self.tree.unreadable:
            return False
        wanted = {*kinds, *(WORKLOAD_KINDS if PODS in kinds else ())}
        return any(kind is None or kind in wanted for kind in self.tree.unread_kinds)


def _is_about_messages(holder: Manifest) -> bool:
    keys = holder.view["data" if holder.kind == "ConfigMap" else "stringData"].mapping
    return any(key in _BROKER_FILES or ("definition" in key and key.endswith(".json")) for key in keys)


def _works_off(pod: Pod) -> bool:
    """Whether a container's image, command or variables speak of a broker or its workers."""
    for container in pod.containers:
        words = [container["image"].text]
        words += (word.text for name in ("command", "args") for word in container[name])
        words += (variable[part].text for variable in container["env"] for part in ("name", "value"))
        if _BROKER_WORDS.search(" ".join(words)):
            return True
    return False

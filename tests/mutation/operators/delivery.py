"""What Argo CD is told to apply."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import of_kind


@found_by("gitops/application-path")
def application_path_misspelt(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Application"):
        if "path" in copy["spec"].get("source", {}):
            copy["spec"]["source"]["path"] += "x"
            yield copy


@found_by("gitops/project")
def project_misspelt(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Application"):
        copy["spec"]["project"] += "x"
        yield copy


@found_by("gitops/chart-version")
def chart_not_pinned(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Application"):
        for source in (copy["spec"].get("source", {}), *copy["spec"].get("sources", ())):
            if "chart" in source:
                source["targetRevision"] = "*"
                yield copy
                break

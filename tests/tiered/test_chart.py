"""The chart in ordinary cdk8s apps: nothing that is added may get lost on the way to the file."""

from __future__ import annotations

from pathlib import Path

import cdk8s
import pytest
import yaml
from constructs import Construct

from tiered.chart import Chart
from tiered.component import SYNC_WAVE, Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.origin import Origin, Text, Whole

PLACE = Origin("platform.yaml", 3, 5)


def config_map(component: Component, name: str = "settings", **data: str) -> None:
    component.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, data=data)


@pytest.mark.parametrize("output", [cdk8s.YamlOutputType.FILE_PER_CHART, cdk8s.YamlOutputType.FILE_PER_APP])
def test_cdk8s_writes_our_objects_beside_its_own(tmp_path: Path, output: cdk8s.YamlOutputType) -> None:
    app = cdk8s.App(outdir=str(tmp_path), yaml_output_type=output)
    chart = Chart(app, "shop", namespace="shop", labels={"team": "web"})
    cdk8s.ApiObject(chart, "plain", api_version="v1", kind="ServiceAccount")
    config_map(Component(chart, "cart"), port="8000")

    app.synth()

    (file,) = tmp_path.iterdir()
    account, settings = yaml.safe_load_all(file.read_text())
    assert account["kind"] == "ServiceAccount"
    assert settings == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "settings",
            "namespace": "shop",
            "labels": {"team": "web"},
            "annotations": {SYNC_WAVE: "-5"},
        },
        "data": {"port": "8000"},
    }


def test_values_that_know_their_origin_cross_to_node(tmp_path: Path) -> None:
    app = cdk8s.App(outdir=str(tmp_path))
    component = Component(Chart(app, "shop", namespace="shop"), "cart")
    component.add(
        "apps/v1", "Deployment", Text("cart", PLACE), wave=Wave.WORKLOAD, spec={"replicas": Whole(3, PLACE)}
    )

    app.synth()

    (file,) = tmp_path.iterdir()
    assert yaml.safe_load(file.read_text())["spec"] == {"replicas": 3}
    assert component.chart.manifests[0].origin == PLACE


@pytest.mark.parametrize(
    "output",
    [
        cdk8s.YamlOutputType.FILE_PER_RESOURCE,
        cdk8s.YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
    ],
)
def test_an_app_that_would_drop_the_objects_is_refused(output: cdk8s.YamlOutputType) -> None:
    app = cdk8s.App(yaml_output_type=output)

    with pytest.raises(TieredError, match="FILE_PER_CHART"):
        Chart(app, "shop")


def test_a_component_in_an_ordinary_chart_is_refused_with_the_mend() -> None:
    ordinary = cdk8s.Chart(cdk8s.App(), "shop")

    with pytest.raises(TieredError, match=r"replace the cdk8s\.Chart above it by tiered\.Chart"):
        Component(ordinary, "cart")


def test_a_component_finds_its_chart_through_other_peoples_constructs() -> None:
    chart = Chart(cdk8s.App(), "shop", namespace="shop")

    component = Component(Construct(chart, "theirs"), "cart")

    assert component.chart is chart


def test_the_same_object_twice_is_refused_with_its_place() -> None:
    component = Component(Chart(cdk8s.App(), "shop", namespace="shop"), "cart", origin=PLACE)
    config_map(component)

    with pytest.raises(TieredError, match=r"ConfigMap/settings is made twice.*platform\.yaml:3:5"):
        config_map(component)


def test_an_object_with_a_namespace_needs_a_chart_with_one() -> None:
    component = Component(Chart(cdk8s.App(), "shop"), "cart")

    with pytest.raises(TieredError, match="give the Chart namespace="):
        config_map(component)

    component.add("v1", "Namespace", "shop", wave=Wave.NAMESPACE, cluster_scoped=True)
    assert component.chart.manifests[0].namespace is None


def test_the_origin_is_the_names_then_the_components_then_its_parents() -> None:
    chart = Chart(cdk8s.App(), "shop", namespace="shop")
    parent = Component(chart, "cart", origin=PLACE)
    child = Component(parent, "child")
    config_map(child, "derived")
    config_map(child, Text("named", Origin("apps/cart/app.yaml", 9)))

    derived, named = chart.manifests

    assert derived.origin == PLACE
    assert named.origin == Origin("apps/cart/app.yaml", 9)

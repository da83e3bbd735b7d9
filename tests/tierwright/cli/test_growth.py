"""`tierwright new` and `remove`: green without another edit, or refused with figures; and no trace left."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tierwright.cli.conftest import Project
from tests.tierwright.cli.test_init import made


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return made(tmp_path_factory.mktemp("growing") / "shop")


@pytest.fixture
def shop(fresh: Project, tmp_path: Path) -> Project:
    """A new repository, for a test to change."""
    root = tmp_path / "shop"
    shutil.copytree(fresh.root, root)
    return Project(root)


def held(project: Project) -> dict[str, bytes]:
    """Every file that people or machines wrote, apart from what the program keeps for itself."""
    return {
        name: content
        for name, content in project.files(".").items()
        if name.partition("/")[0] not in {".tierwright", ".git"} and "__pycache__" not in name
    }


def done(project: Project, *arguments: str) -> str:
    answer = project.run(*arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def green(project: Project) -> None:
    """It synthesizes, and dist alone is judged without an error or a warning."""
    done(project, "synth")
    report = json.loads(done(project, "check", "--format", "json"))
    assert {each["severity"] for each in report["findings"] if not each["waived"]} <= {"note"}


KINDS = [("api", "sync-api"), ("worker", "async-workers")]


@pytest.mark.parametrize(("kind", "tier"), KINDS)
def test_an_app_is_green_on_the_shipped_platform_and_leaves_no_trace(
    kind: str, tier: str, project: Project
) -> None:
    before = held(project)
    told = done(project, "new", kind, "photo-book", "--tier", tier)
    assert "new     apps/photo_book/app.yaml" in told
    green(project)
    assert [*project.dist.glob("prod/*/photo-book/Deployment-photo-book.yaml")]
    done(project, "remove", "photo-book")
    green(project)
    assert held(project) == before


def test_an_app_is_green_in_a_new_repository_and_leaves_no_trace(shop: Project) -> None:
    before = held(shop)
    done(shop, "new", "api", "orders", "--tier", "web")
    green(shop)
    assert yaml.safe_load((shop.root / "apps/orders/app.yaml").read_text())["workloads"]["orders"] == {
        "kind": "api",
        "command": [
            *("uvicorn", "apps.orders.main:app", "--host", "0.0.0.0"),  # noqa: S104 - in a container
            *("--port", "8000", "--timeout-keep-alive", "75"),
        ],
        "port": 8000,
        "route": "/orders",
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "200m", "memory": "128Mi"},
        },
    }
    done(shop, "remove", "orders")
    green(shop)
    assert held(shop) == before


def test_comments_and_order_stay(shop: Project) -> None:
    shop.edit("images.lock.yaml", "    hello:", "    # the first one\n    hello:")
    shop.edit("platform.yaml", "      hello: {}", "      # where it began\n      hello: {}  # and stays")
    before = held(shop)
    for name in ("aaa", "zzz"):
        done(shop, "new", "api", name, "--tier", "web")
    lock = (shop.root / "images.lock.yaml").read_text()
    image = "{tag: sha-0000000, digest: null}"
    assert lock.endswith(f"    aaa: {image}\n    # the first one\n    hello: {image}\n    zzz: {image}\n")
    for name in ("aaa", "zzz"):
        done(shop, "remove", name)
    assert held(shop) == before


def refused(project: Project, *arguments: str, code: int = 1) -> str:
    """What a refused command says; it wrote nothing."""
    before = held(project)
    answer = project.run(*arguments)
    assert (answer.returncode, answer.stdout) == (code, ""), answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert held(project) == before
    return answer.stderr


def test_a_tier_without_room_says_how_much_it_lacks(project: Project) -> None:
    told = refused(project, "new", "api", "photo-book", "--tier", "sync-api", "--cpu", "1200m")
    assert "budget/tier-requests" in told
    assert "prod: tier sync-api has 1110m CPU and 2.71Gi memory free on 1 x worker-1" in told
    assert "photo-book asks for 1200m CPU and 64Mi memory" in told


def test_a_worker_wants_a_broker(shop: Project) -> None:
    told = refused(shop, "new", "worker", "mailer", "--tier", "web")
    assert "the platform has no broker" in told
    assert "`messaging:`" in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["api", "orders", "--tier", "wep"], 2, "unknown tier 'wep'; did you mean 'web'?"),
        (["api", "Orders", "--tier", "web"], 2, "'Orders' is not the name of an app"),
        (["api", "class", "--tier", "web"], 2, "a word of Python"),
        (["api", "orders", "--tier", "web", "--cpu", "much"], 2, "--cpu 'much' is not an amount"),
        (["api", "orders", "--tier", "web", "--memory", "-1Gi"], 2, "--memory '-1Gi' is not an amount"),
        (["api", "hello", "--tier", "web"], 1, "apps/hello/Containerfile is there already"),
        (["api", "argocd", "--tier", "web"], 1, "namespace argocd belongs to tier control, not web"),
        (["api", "orders", "--tier", "web", "--route", "/hello"], 1, "route '/hello' stands already"),
        (["api", "orders", "--tier", "web", "--route", "orders"], 1, "is not a path prefix"),
        (["api", "git", "--tier", "web"], 1, "name 'git' stands already"),
        (["api", "orders", "--tier", "web", "--namespace", "Big"], 1, "is not a name"),
    ],
    ids=lambda value: "-".join(value[1:]) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_told(shop: Project, arguments: list[str], code: int, told: str) -> None:
    assert told in refused(shop, "new", *arguments, code=code)


def test_the_keys_of_two_queues_stay_apart(project: Project) -> None:
    told = refused(project, "new", "worker", "ai", "--tier", "async-workers")
    assert "the keys of queue q.ai begin with 'ai' too" in told


def test_a_repository_that_is_not_clean_is_mended_first(shop: Project) -> None:
    shop.edit("platform.yaml", 'cpu: "4"', 'cpu: "1"')
    told = refused(shop, "new", "api", "orders", "--tier", "web")
    assert "does not check clean as it is" in told
    assert "budget/tier-requests" in told


def test_a_dry_run_writes_nothing(shop: Project) -> None:
    before = held(shop)
    assert "new     apps/orders/main.py" in done(shop, "new", "api", "orders", "--tier", "web", "--dry-run")
    assert "deleted apps/hello/" in done(shop, "remove", "hello", "--dry-run")
    assert held(shop) == before


def test_an_app_that_others_call_stays(project: Project) -> None:
    former = "calls: [postgres/users, redis]\n    connections: 4\n"
    project.edit("apps/users/app.yaml", former, "calls: [redis, auth-service]\n")
    told = refused(project, "remove", "auth")
    assert "apps/users/app.yaml:16" in told
    assert "unknown target 'auth-service'" in told


def test_a_queue_that_others_send_to_keeps_its_reader(project: Project) -> None:
    told = refused(project, "remove", "worker-api")
    assert "publishes to q.api" in told
    assert "which only worker-api reads" in told


def test_the_data_of_an_app_outlives_it_and_is_told(project: Project) -> None:
    project.edit("platform.yaml", "reads: [auth, waste]", "reads: []")
    told = done(project, "remove", "users")
    assert "role users of store postgres, with its data, which nobody calls any more" in told
    green(project)
    assert not (project.root / "apps/users").exists()
    assert "users:" not in (project.root / "images.lock.yaml").read_text()


def test_an_app_that_is_none_is_told(shop: Project) -> None:
    assert "unknown app 'helo'; did you mean 'hello'?" in refused(shop, "remove", "helo", code=2)


def test_a_projects_own_templates_take_the_place_of_those_shipped(shop: Project) -> None:
    own = shop.root / "templates/api/apps/@module@"
    own.mkdir(parents=True)
    shipped = Path(__file__).parents[3] / "synth/tierwright/scaffold/templates/api/apps/@module@"
    shutil.copy(shipped / "app.yaml.in", own)
    (own / "own.py.in").write_text("NAME = '@app@'\n")
    done(shop, "new", "api", "orders", "--tier", "web")
    assert (shop.root / "apps/orders/own.py").read_text() == "NAME = 'orders'\n"
    assert not (shop.root / "apps/orders/main.py").exists()
    (own / "own.py.in").write_text("NAME = '@nam@'\n")
    assert "nothing is known of @nam@" in refused(shop, "new", "api", "others", "--tier", "web", code=3)


def test_git_sees_nothing_of_what_came_and_went(shop: Project) -> None:
    git = ["git", "-C", str(shop.root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "--quiet", "--template="], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=all"], check=True)
    done(shop, "new", "api", "orders", "--tier", "web")
    done(shop, "remove", "orders")
    status = subprocess.run([*git, "status", "--short"], capture_output=True, text=True, check=True)
    assert status.stdout == ""

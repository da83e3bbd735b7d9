"""What a check knows of a platform, and what the description and the command line want of its rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tierwright.cli.git_project import PLATFORM, GitProject, config
from tests.tierwright.description.test_policies import OWN

SPREAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ghcr.io/shop/web:1.0.0
          resources: {requests: {cpu: "3", memory: 64Mi}, limits: {memory: 64Mi}}
"""
"""More CPU than a small node has."""


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    files = {"platform.yaml": PLATFORM, "dist/prod/a.yaml": config("a"), "dist/dev/a.yaml": config("a")}
    return GitProject.new(tmp_path / "project", files)


def rules(project: GitProject, *arguments: str) -> tuple[int, dict[str, str]]:
    """The exit code of a check, and the severity of each rule that found something."""
    answer = project.run("dist", "--format=json", *arguments)
    assert answer.stdout, answer.stderr
    return answer.returncode, {
        each["rule"]: each["severity"] for each in json.loads(answer.stdout)["findings"]
    }


# Cluster and tiers are enough


def test_little_of_a_description_is_enough(project: GitProject) -> None:
    report = project.report("dist/prod")
    assert report.exit == 0
    assert [(row.name, row.nodes) for row in report.tiers] == [("api", 1)]
    project.write({"dist/prod/web.yaml": SPREAD})
    code, found = rules(project, "--select=budget,placement")
    assert code == 1
    assert found["budget/tier-requests"] == "error"


def test_a_description_may_lie_elsewhere(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(PLATFORM)
    (project.root / "platform.yaml").unlink()
    report = project.report("dist", platform=str(tmp_path / "small.yaml"))
    assert {row.name for row in project.report("dist/prod", platform=str(tmp_path / "small.yaml")).tiers} == {
        "api"
    }
    assert report.exit == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("platform: shop\n", "", "platform.yaml:1:1: platform is missing"),
        ("tiers:\n  api:", "  #", "tiers is missing"),
        ('    cluster: {kubernetes: "1.36"}\n    pools: {small: {i', "    #", "prod.cluster is missing"),
        ("    placement: {api: small}\n  dev:", "  dev:", "environments.prod.placement is missing"),
        ("    placement: {api: small}\n  dev:", "    placement: {}\n  dev:", "tier 'api' has no pool in"),
        ('{kubernetes: "1.36"}\n    pools: {small: {i', "{}\n    pools: {small: {i", "cluster.kubernetes is"),
        (", priority: 1000", "", "tiers.api.priority is missing"),
    ],
)
def test_what_is_missing_is_named(project: GitProject, old: str, new: str, told: str) -> None:
    assert PLATFORM.count(old) == 1
    project.write({"platform.yaml": PLATFORM.replace(old, new)})
    answer = project.run("dist")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert told in answer.stderr
    assert "add `" in answer.stderr


def test_generating_needs_more_than_judging(project: GitProject) -> None:
    """What a check does without is asked for when manifests are made."""
    from tierwright.description.loading import load
    from tierwright.description.problems import DescriptionError

    with pytest.raises(DescriptionError) as raised:
        load(project.root)
    told = [each.message for each in raised.value.problems]
    assert [each for each in told if "prod" in each] == [
        "environments.prod.cluster.cni is missing",
        "environments.prod.cluster.ranges is missing",
        "environments.prod.pools.small.disk is missing",
    ]


# Which rules


def test_names_may_be_joined_by_commas_and_repeated(project: GitProject) -> None:
    project.write({"dist/prod/a.yaml": config("a", "42")})
    assert rules(project, "--select", "budget, schema/valid")[0] == 1
    assert rules(project, "--select=budget", "--select=schema/valid")[0] == 1
    assert rules(project, "--select=budget,reliability") == (0, {})
    assert rules(project, "--ignore=budget,schema/valid") == (0, {})


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("schema/vaild", "did you mean 'schema/valid'?"),
        ("shcema", "did you mean 'schema'?"),
        ("zzz", "known"),
    ],
)
def test_an_unknown_name_is_wrong_usage(project: GitProject, option: str, name: str, told: str) -> None:
    answer = project.run("dist", option, f"budget,{name}")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert f"no rule, family or group is called '{name}'" in answer.stderr
    assert told in answer.stderr


OPTIONAL = OWN.replace(
    "severity=Severity.WARNING", 'optional=True, groups=("taste",), severity=Severity.WARNING'
)
FINDS = OPTIONAL.replace("return iter(())", 'yield Fault(f"most is {parameters.most}", manifest)')


@pytest.fixture
def owner(project: GitProject) -> GitProject:
    """A project with a rule of its own that is optional and reports every object."""
    project.write({"rules/shop/names.py": FINDS, "platform.yaml": f"{PLATFORM}policies: {{rules: rules}}\n"})
    return project


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        ([], False),
        (["--select=shop"], False),
        (["--select=shop/names"], True),
        (["--select=taste"], True),
        (["--select=schema,taste"], True),
        (["--select=taste", "--ignore=shop"], False),
    ],
)
def test_an_optional_rule_runs_where_it_is_named(owner: GitProject, arguments: list[str], runs: bool) -> None:
    assert rules(owner, *arguments) == ((1, {"shop/names": "warning"}) if runs else (0, {}))


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        ("severities: {shop/names: note}", (0, {"shop/names": "note"})),
        ("severities: {taste: error}", (1, {"shop/names": "error"})),
        ("severities: {shop: warning}", (1, {"shop/names": "warning"})),
        ("severities: {shop: error, taste: off}", (0, {})),
        ("severities: {taste: error, shop/names: note}", (0, {"shop/names": "note"})),
    ],
)
def test_the_description_decides_how_severe_a_rule_is(
    owner: GitProject, policies: str, found: tuple[int, dict[str, str]]
) -> None:
    owner.write({"platform.yaml": f"{PLATFORM}policies:\n  rules: rules\n  {policies}\n"})
    assert rules(owner) == found


def test_parameters_reach_a_rule(owner: GitProject) -> None:
    policies = "policies:\n  rules: rules\n  parameters: {shop/names: {most: 7}}\n"
    owner.write({"platform.yaml": PLATFORM + policies})
    assert "warning[shop/names]: most is 7" in owner.run("dist", "--select=taste").stdout


def test_an_own_rule_explains_itself(owner: GitProject) -> None:
    import subprocess
    import sys

    def explained(*arguments: str) -> str:
        command = [sys.executable, "-c", "from tierwright.cli import main; main()", "explain", *arguments]
        return subprocess.run(command, cwd=owner.root, capture_output=True, text=True, check=True).stdout

    told = explained("shop/names")
    assert told.startswith("shop/names (warning, optional)\n\nAn own rule.\n")
    assert "- groups: taste\n" in told
    assert "- parameter `names`, by default `[]`\n" in told
    assert "- parameter `strict`, by default `false`\n" in told
    assert explained("taste") == explained("shop") == "shop/names (warning, optional): An own rule.\n"
    (owner.root / "platform.yaml").rename(owner.root / "other.yaml")
    assert "### shop/names" in explained("--page", "--platform", "other.yaml")


def test_an_own_rule_that_crashes_hides_no_other(owner: GitProject) -> None:
    owner.write(
        {
            "dist/dev/a.yaml": config("a", "42"),
            "rules/shop/names.py": OWN.replace("return iter(())", "yield 1 / 0"),
        }
    )
    code, found = rules(owner)
    assert code == 3
    assert found.keys() == {"input/rule-crashed", "schema/valid"}


def test_an_own_rule_that_yields_nonsense_is_no_traceback(owner: GitProject) -> None:
    for body in ("yield 1", 'yield Fault("a", manifest, at=5)', "yield Fault(None, manifest)", "return None"):
        owner.write({"rules/shop/names.py": OWN.replace("return iter(())", body)})
        answer = owner.run("dist")
        assert "Traceback" not in answer.stderr, body
        assert (answer.returncode, answer.stderr) == (3, ""), body


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise RuntimeError('no')", "names.py:1: the rule cannot be loaded: RuntimeError: no"),
        ("import nothing_called_so", "names.py:1: the rule cannot be loaded: ModuleNotFoundError"),
        ("\n\ndef check(:", "names.py:3: the rule cannot be loaded: SyntaxError"),
        ("import sys\nsys.exit(0)", "names.py:2: the rule cannot be loaded: SystemExit"),
        ("check = 1", "names.py declares no rule: decorate a function called check with @rule(...)"),
    ],
)
def test_an_own_rule_that_cannot_be_used_is_unreadable_input(owner: GitProject, text: str, told: str) -> None:
    owner.write({"rules/shop/names.py": text})
    answer = owner.run("dist")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr.startswith("platform.yaml:13:19: ")
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_no_trace_is_left_in_the_folder_of_own_rules(owner: GitProject) -> None:
    assert owner.run("dist").returncode == 0
    assert [path.name for path in (owner.root / "rules/shop").iterdir()] == ["names.py"]


# Definitions of kinds


def test_definitions_that_are_not_there_are_told(project: GitProject) -> None:
    answer = project.run("dist", "--crds", "crds")
    assert answer.returncode == 3
    assert "crds: it does not exist" in answer.stderr
    project.write({"platform.yaml": f"{PLATFORM}policies: {{crds: [crds]}}\n"})
    answer = project.run("dist")
    assert answer.returncode == 3
    assert "platform.yaml:13:19: the path 'crds' does not exist" in answer.stderr

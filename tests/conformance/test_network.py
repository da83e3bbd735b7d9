"""Who may reach whom by the cases of np-guard/netpol-analyzer: lists, exposures, explanations, differences.

Every line of every case is the same. Where the command is on purpose another than that program, no case of
the folder shows it:

- What the API refuses (a selector that does not parse, an exception outside of its block) ends that program,
  as does a port's name for an address; here it is told, admits nobody, and the rest is analyzed.
- Addresses of IPv6 are analyzed where a policy names one; there they are passed over with a warning.
- Pods of one owner whose labels differ end it where a policy tells them apart; here each counts, under one
  name.
- An Ingress that leads to a Service's UDP port opens nothing; there it opens the same port of TCP.
- Ingresses of the former API (extensions/v1beta1) lead to pods; there they are ignored. Routes of the Gateway
  API are read here alone.
- What a rule of the BaselineAdminNetworkPolicy allows is explained by that rule; there by the default.
- A policy in another form (a mapping where a list must be) is passed over there with a warning, and isolates
  nobody; here what can be read of it counts, what cannot admits nobody, and it is told with its place.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tierwright.cli.connectivity import Request, run

LISTS = "netpol-analyzer"
OPTIONS = {
    "connlist_output.txt": Request(Path()),
    "exposure_output.txt": Request(Path(), exposure=True),
    "explain_output.txt": Request(Path(), explain=True),
    "explain_exposure_output.txt": Request(Path(), explain=True, exposure=True),
}


@pytest.fixture(scope="module")
def corpora() -> Path:
    folder = os.environ.get("TIERWRIGHT_CORPORA")
    if not folder:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    return Path(folder)


@pytest.mark.parametrize("told", OPTIONS)
def test_each_case_is_told_line_by_line(corpora: Path, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    cases = sorted((corpora / LISTS).glob(f"*/{told}"))
    assert cases
    differing = {}
    for case in cases:
        assert run(replace(OPTIONS[told], directory=case.parent / "manifests")) == 0, case
        written = capsys.readouterr().out
        if written != case.read_text():
            differing[case.parent.name] = unlike(case.read_text(), written)
    assert differing == {}


def test_each_difference_is_told_line_by_line(corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = sorted((corpora / f"{LISTS}-diff").glob("*/expected.txt"))
    assert cases
    differing = {}
    for case in cases:
        run(Request(directory=case.parent / "ref2", former=case.parent / "ref1"))
        written = capsys.readouterr().out
        if written != case.read_text():
            differing[case.parent.name] = unlike(case.read_text(), written)
    assert differing == {}


def unlike(expected: str, written: str) -> list[tuple[str, str]]:
    """The first lines that differ, expected and written."""
    pairs = zip([*expected.split("\n"), ""], [*written.split("\n"), ""], strict=False)
    return [pair for pair in pairs if pair[0] != pair[1]][:3]

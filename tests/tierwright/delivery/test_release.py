"""A release against a real remote and a real registry: what is built, recorded, committed and pushed."""

from __future__ import annotations

import re

import pytest

from tests.tierwright.delivery.road import BUILT, Road


def test_the_first_release_builds_all_and_records_what_the_registry_holds(first_release: Road) -> None:
    road = first_release
    source = road.git("rev-parse", "main~1")
    told = (road.folder / "told.txt").read_text()
    assert f"pushed {road.tip[:12]} to origin/main\n" in told
    lock = road.lock()
    for app in BUILT:
        assert f"{app}: no image was released to dev yet" in told
        image = lock["dev"][app]
        digest, manifest = road.registry.manifest(f"{road.folder.name}/{app}", image["tag"])
        assert (image["tag"], image["digest"]) == (f"sha-{source[:12]}", digest)
        assert len(manifest["layers"]) == 1
    others = {app: image for app, image in lock["dev"].items() if app not in BUILT}
    assert {image["digest"] for image in others.values()} == {None}
    assert lock["prod"] == road.lock("main~1")["prod"]
    road.assert_synthesized()


def test_the_commit_names_its_source_and_its_images(first_release: Road) -> None:
    road = first_release
    assert road.commits()[0] == "Release auth, waste to dev"
    trailers = road.git("log", "-1", "--format=%(trailers:only)", "main").splitlines()
    assert trailers[0] == f"Source-Commit: {road.git('rev-parse', 'main~1')}"
    told = [
        f"Image: dev {app}:{road.lock()['dev'][app]['tag']}@{road.lock()['dev'][app]['digest']}"
        for app in BUILT
    ]
    assert trailers[1:] == told
    changed = road.git("diff", "--name-only", "main~1", "main").splitlines()
    assert all(name == "images.lock.yaml" or name.startswith("dist/") for name in changed)
    reference = f"{road.registry.host}/{road.folder.name}/auth:{road.lock()['dev']['auth']['tag']}"
    manifest = road.git("show", "main:dist/dev/tier-2-sync-api/auth/Deployment-auth-service.yaml")
    assert f"{reference}@{road.lock()['dev']['auth']['digest']}" in manifest


def test_a_release_of_a_release_is_nothing(released: Road) -> None:
    clone = released.clone()
    before = released.tip
    done = clone.release()
    assert (done.returncode, done.stdout) == (0, "nothing to release\n")
    assert released.tip == before


def test_only_what_changed_is_built(released: Road) -> None:
    clone = released.clone()
    former = released.lock()["dev"]
    clone.write(
        {
            "apps/waste/main.py": "print('better')\n",
            "apps/auth/app.yaml": (clone.root / "apps/auth/app.yaml").read_text() + "# a remark\n",
        }
    )
    told = clone.run("changed", "--env", "dev")
    assert told.stdout == f"dev: waste: apps/waste/main.py changed since {former['waste']['tag']}\n"
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert released.commits()[0] == "Release waste to dev"
    lock = released.lock()["dev"]
    assert lock["auth"] == former["auth"]
    assert lock["waste"]["digest"] != former["waste"]["digest"]
    assert clone.run("changed", "--env", "prod").stdout == "".join(
        f"prod: {app}: no image was released to prod yet\n" for app in BUILT
    )


def test_what_apps_share_changes_them_all(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/shared/words.txt": "good morning\n"})
    assert clone.run("changed", "--env", "dev").stdout.count("apps/shared/words.txt changed since") == 2
    clone.write({"apps/shared/words.txt": "hello\n"})
    assert clone.run("changed", "--env", "dev").stdout == ""
    clone.write({".containerignore": "*\n!apps/**\n"})
    assert clone.run("changed", "--env", "dev").stdout.count(".containerignore changed since") == 2


def test_a_change_of_the_description_alone_is_synthesized(released: Road) -> None:
    clone = released.clone()
    text = (clone.root / "platform.yaml").read_text()
    changed = re.sub(r"(?m)^timezone: .*", "timezone: Europe/Berlin", text)
    assert changed != text
    clone.write({"platform.yaml": changed})
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert released.commits()[0] == "Synthesize dist"
    released.assert_synthesized()


def test_the_folder_of_the_person_is_not_touched(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    head = clone.git("rev-parse", "HEAD")
    (clone.root / "apps/waste/main.py").write_text("print('half an idea')\n")
    (clone.root / "apps/waste/secret.txt").write_text("hidden\n")
    before = clone.git("status", "--porcelain")
    done = clone.release()
    assert done.returncode == 0, done.stderr
    assert (clone.git("rev-parse", "HEAD"), clone.git("status", "--porcelain")) == (head, before)
    assert clone.git("worktree", "list").count("\n") == 0
    image = released.lock()["dev"]["waste"]
    again = released.clone("again")
    assert again.run("changed", "--env", "dev").stdout == ""
    assert image["tag"] == f"sha-{head[:12]}"


def test_hooks_of_the_clone_are_not_run(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    for name in ("pre-commit", "commit-msg", "pre-push", "post-checkout"):
        hook = clone.root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    assert clone.release().returncode == 0


def test_somebody_whom_git_does_not_know_commits_as_nobody(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    unknown = dict.fromkeys(
        ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), ""
    )
    assert clone.release(**unknown, EMAIL="", HOME="/nonexistent").returncode == 0
    assert released.git("log", "-1", "--format=%an", "main") == "tierwright"


def test_a_promotion_is_synthesized_by_the_next_release(released: Road) -> None:
    clone = released.clone()
    assert clone.run("promote", "dev", "prod", *BUILT).returncode == 0
    clone.write({}, message="promote")
    assert clone.release().returncode == 0
    assert released.commits()[:2] == ["Synthesize dist", "promote"]
    lock = released.lock()
    assert all(lock["prod"][app] == lock["dev"][app] for app in BUILT)
    released.assert_synthesized()


def test_a_revert_gives_back_the_former_dist_byte_for_byte(released: Road) -> None:
    clone = released.clone()
    before, lock = released.dist(), released.lock()
    clone.write({"apps/waste/main.py": "print('worse')\n"})
    assert clone.release().returncode == 0
    assert released.dist() != before
    clone.git("pull", "--quiet", "--rebase", "origin", "main")
    clone.git("revert", "--no-edit", "HEAD", "HEAD~1")
    clone.git("push", "--quiet", "origin", "HEAD:main")
    assert (released.dist(), released.lock()) == (before, lock)
    done = clone.release()
    assert (done.returncode, done.stdout) == (0, "nothing to release\n")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--env", "prd"), 2, "unknown environment 'prd'; did you mean 'prod'?"),
        (("--remote", "upstream"), 1, "main of upstream cannot be fetched"),
        (("--branch", "release"), 1, "release of origin cannot be fetched"),
        (("--build-arg", "DEBIAN"), 2, "write --build-arg NAME=VALUE"),
        (("--builder", "/none/buildah"), 1, "/none/buildah cannot be run"),
    ],
)
def test_wrong_words_change_nothing(released: Road, arguments: tuple[str, ...], code: int, told: str) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    before = released.tip
    done = clone.release(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert released.tip == before


def test_what_was_not_pushed_is_not_released(released: Road) -> None:
    clone = released.clone()
    (clone.root / "apps/waste/main.py").write_text("print('mine')\n")
    clone.git("commit", "--quiet", "--all", "--message=mine")
    done = clone.release()
    assert done.returncode == 1
    assert "is not on origin/main; only what was pushed is released" in done.stderr


def test_a_clone_without_history_is_told_to_get_it(released: Road) -> None:
    released.clone("first").write({"apps/waste/main.py": "print('better')\n"})
    done = released.clone("shallow", "--depth=1").release()
    assert done.returncode == 1
    assert "git fetch --unshallow" in done.stderr


def test_a_commit_alone_is_released_to_the_branch_that_the_run_names(released: Road) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    clone.git("checkout", "--quiet", "--detach")
    done = clone.release(GITHUB_REF_NAME="", GITHUB_REF_TYPE="")
    assert (done.returncode, "name the one to push to with --branch" in done.stderr) == (2, True)
    assert clone.release(GITHUB_REF_NAME="main", GITHUB_REF_TYPE="branch").returncode == 0
    assert released.commits()[0] == "Release waste to dev"

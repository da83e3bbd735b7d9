"""One comment, edited in place, against a github_server that answers as GitHub does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers.github import BOT, NUMBER, PERSON, READER, REPOSITORY, Answer, GitHub
from tierwright.delivery import github as client
from tierwright.delivery.comment import MOST, Posted, post, shortened
from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.github import RefusedError

MARKER = "<!-- tierwright: report -->"
REPORT = f"## Clean\n\nAll is well.\n\n{MARKER}\n"
BOT_LOGIN = "github-actions[bot]"


class Waiting:
    """Counts the pauses and makes none."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.told: list[str] = []

    def posted(
        self, github_server: GitHub, report: str = REPORT, *, token: str = BOT, number: int = NUMBER
    ) -> Posted:
        api = client.GitHub(github_server.url, token, told=self.told.append, pause=self.seconds.append)
        return post(api, REPOSITORY, number, report, marker=MARKER)


def findings(count: int, what: str = "finding") -> str:
    return "## Findings\n\n" + f"- a {what}\n" * count + f"\n{MARKER}\n"


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """Something is refused, in words that say all of these and not the token."""
    with pytest.raises(DeliveryError) as caught:
        yield
    for word in words:
        assert word in str(caught.value)
    assert "token-" not in str(caught.value)


def test_the_first_report_makes_the_comment_and_the_next_one_edits_it(
    github_server: GitHub, waiting: Waiting
) -> None:
    github_server.add("Looks good to me.")
    assert waiting.posted(github_server).done == "created"
    again = waiting.posted(github_server, REPORT.replace("well", "better"))
    assert (again.done, again.address) == ("updated", github_server.comments[1]["html_url"])
    assert len(github_server.comments) == 2
    assert "All is better." in github_server.bodies[1]


def test_the_same_report_is_not_written_again(github_server: GitHub, waiting: Waiting) -> None:
    waiting.posted(github_server)
    waiting.posted(github_server, REPORT.replace("well", "better"))
    written = len(github_server.methods("GET"))
    assert waiting.posted(github_server, REPORT.replace("well", "better")).done == "unchanged"
    assert len(github_server.methods("GET")) == written


def test_the_comment_is_found_on_a_later_page(github_server: GitHub, waiting: Waiting) -> None:
    for number in range(230):
        github_server.add(f"comment {number}")
    github_server.add(REPORT, login=BOT_LOGIN)
    assert waiting.posted(github_server, REPORT.replace("well", "better")).done == "updated"
    assert github_server.methods() == ["GET", "GET", "GET", "PATCH"]
    assert len(github_server.comments) == 231


def test_what_others_write_with_the_marker_stays_theirs(github_server: GitHub, waiting: Waiting) -> None:
    forged = github_server.add(REPORT.replace("All is well.", "Trust me."), login="mallory")
    quoting = github_server.add(f"> All is well.\n>\n> {MARKER}\n\nIs it?", login=BOT_LOGIN)
    before = [dict(forged), dict(quoting)]
    assert waiting.posted(github_server).done == "created"
    assert github_server.comments[:2] == before


def test_an_edit_by_somebody_else_is_written_over(github_server: GitHub, waiting: Waiting) -> None:
    waiting.posted(github_server)
    github_server.comments[0]["body"] = f"## Clean, says minji\r\n\r\n{MARKER}"
    assert waiting.posted(github_server).done == "updated"
    assert "minji" not in github_server.bodies[0]


def test_a_comment_whose_marker_somebody_took_away_is_theirs_now(
    github_server: GitHub, waiting: Waiting
) -> None:
    waiting.posted(github_server)
    github_server.comments[0]["body"] = "Nothing to see here."
    assert waiting.posted(github_server).done == "created"


def test_of_several_that_runs_left_at_the_same_time_the_first_one_stays(
    github_server: GitHub, waiting: Waiting
) -> None:
    for _ in range(3):
        github_server.add(REPORT, login=BOT_LOGIN)
    first = github_server.comments[0]["id"]
    assert waiting.posted(github_server, REPORT.replace("well", "better")).done == "updated"
    assert [each["id"] for each in github_server.comments] == [first]


def test_a_person_has_a_comment_of_their_own(github_server: GitHub, waiting: Waiting) -> None:
    waiting.posted(github_server)
    assert waiting.posted(github_server, token=PERSON).done == "created"
    assert waiting.posted(github_server, token=PERSON).done == "unchanged"


def test_faults_of_the_server_are_tried_again(github_server: GitHub, waiting: Waiting) -> None:
    github_server.answers += [("GET", Answer(502)), ("GET", Answer(503)), ("POST", Answer(500))]
    assert waiting.posted(github_server).done == "created"
    assert waiting.seconds == [1.0, 2.0, 4.0]
    assert len(github_server.comments) == 1


@pytest.mark.parametrize("lost", [Answer(504, carried_out=True), Answer(0, carried_out=True, hangs_up=True)])
def test_a_comment_whose_answer_was_lost_is_not_posted_twice(
    github_server: GitHub, waiting: Waiting, lost: Answer
) -> None:
    github_server.answers.append(("POST", lost))
    assert waiting.posted(github_server).done == "unchanged"
    assert len(github_server.comments) == 1


def test_a_server_that_stays_ill_is_given_up(github_server: GitHub, waiting: Waiting) -> None:
    github_server.answers += [("GET", Answer(502, "Bad Gateway"))] * 5
    with refused("fault of its own (502: Bad Gateway)", "5 times in a row"):
        waiting.posted(github_server)
    assert waiting.seconds == [1.0, 2.0, 4.0, 8.0]


def test_a_server_that_is_not_there_is_given_up(github_server: GitHub, waiting: Waiting) -> None:
    github_server.close()
    with refused("cannot be reached", "5 times in a row"):
        waiting.posted(github_server)


def test_a_limit_is_waited_for_as_long_as_it_says(github_server: GitHub, waiting: Waiting) -> None:
    told = "You have exceeded a secondary rate limit"
    github_server.answers += [("POST", Answer(403, told, {"Retry-After": "7"})), ("POST", Answer(429, told))]
    assert waiting.posted(github_server).done == "created"
    assert waiting.seconds == [7.0, 60.0]
    assert f"GitHub's limit of requests is reached ({told}); trying again in 7 s" in waiting.told


def test_a_limit_that_ends_soon_is_waited_for(github_server: GitHub, waiting: Waiting) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 100)}
    github_server.answers.append(("GET", Answer(403, "API rate limit exceeded", spent)))
    assert waiting.posted(github_server).done == "created"
    assert len(waiting.seconds) == 1


def test_who_must_wait_for_long_is_told_so(github_server: GitHub, waiting: Waiting) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3300)}
    github_server.answers.append(("GET", Answer(403, "API rate limit exceeded", spent)))
    with refused("API rate limit exceeded", "minutes of patience", "Run this again then"):
        waiting.posted(github_server)
    assert waiting.seconds == []


def test_refusals_say_what_to_mend(github_server: GitHub, waiting: Waiting) -> None:
    with refused("401: Bad credentials", "GITHUB_TOKEN"):
        waiting.posted(github_server, token="token-that-expired")
    with refused("403: Resource not accessible by integration", "pull-requests: write"):
        waiting.posted(github_server, token=READER)
    with refused("404: Not Found", "Check owner, name and number"):
        waiting.posted(github_server, number=8)
    github_server.answers.append(
        ("GET", Answer(301, headers={"Location": f"{github_server.url}/repositories/1"}))
    )
    with refused("the repository has moved", "GITHUB_REPOSITORY"):
        waiting.posted(github_server)
    github_server.answers.append(("POST", Answer(422, "Validation Failed")))
    with refused("422: Validation Failed"):
        waiting.posted(github_server)
    assert waiting.seconds == []


def test_the_token_goes_to_no_other_host(github_server: GitHub, waiting: Waiting) -> None:
    other = GitHub().start()
    try:
        link = {"Link": f'<{other.url}/repos/x/issues/1/comments?page=2>; rel="next"'}
        github_server.answers.append(("GET", Answer(200, headers=link)))
        with refused("on another host"):
            waiting.posted(github_server)
        assert other.asked == []
    finally:
        other.close()
    with refused("may not be sent in the clear"):
        client.GitHub("http://github.example.org/api/v3", "token-of-the-bot")
    assert "token-of-the-bot" not in repr(client.GitHub(github_server.url, "token-of-the-bot"))


def test_a_report_that_is_too_long_is_cut(github_server: GitHub, waiting: Waiting) -> None:
    assert waiting.posted(github_server, findings(10_000)).done == "created"
    assert len(github_server.bodies[0]) <= MOST
    assert "too long for a comment" in github_server.bodies[0]
    github_server.most = 10_000
    assert waiting.posted(github_server, findings(9_000, "warning")).done == "updated"
    assert len(github_server.bodies[0]) <= 10_000
    assert len(github_server.comments) == 1
    github_server.most = 10
    with pytest.raises(DeliveryError, match="even the beginning"):
        waiting.posted(github_server)


def test_what_is_cut_closes_what_is_open() -> None:
    text = "<details>\n<details>\n```yaml\n" + "a: 1\n" * 1000
    short = shortened(text, MARKER, most=2000)
    assert len(short) <= 2000
    assert short.count("```") == 2
    assert short.count("</details>") == 2
    assert short.endswith(f"\n{MARKER}\n")
    assert shortened(short, MARKER, most=MOST) == short


def test_what_is_refused_for_another_reason_is_not_tried_shorter(
    github_server: GitHub, waiting: Waiting
) -> None:
    github_server.answers.append(("POST", Answer(422, "Validation Failed")))
    with pytest.raises(RefusedError):
        waiting.posted(github_server)
    assert github_server.methods("GET") == ["POST"]

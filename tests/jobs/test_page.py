"""The page of jobs and its part of the API: for administrators and auditors, in both languages."""

import pytest

from server.jobs.known import JOBS
from server.models.jobs import JobOutcome, JobRun
from tests import make
from tests.cast import NAMES, Cast
from tests.furnished import furnish
from tests.jobs.doing import DAY
from tests.web.visitors import Asks, SignIn

MAY = {"admin", "auditor"}
JOBS_ASKED = "{ jobs { name title rhythm nextAt succeededAt troubled lastRun { job title said outcome } } }"
RUNS = "query($job: String, $troubled: Boolean! = false) { jobRuns(job: $job, troubled: $troubled) "
RUNS += "{ totalCount edges { node { id job title dueAt outcome tries retryAt error said holder } } } }"


@pytest.mark.parametrize("name", NAMES)
async def test_who_answers_for_the_system_sees_the_page(sign_in: SignIn, name: str) -> None:
    browser = await sign_in(name)

    answer = await browser.get("/jobs")
    home = await browser.get("/")

    assert answer.status_code == (200 if name in MAY else 303 if name == "visitor" else 403)
    assert ('href="/jobs"' in home.text) is (name in MAY)
    if answer.status_code == 403:
        assert "see what runs by itself" in answer.text


@pytest.mark.parametrize("name", NAMES)
async def test_who_answers_for_the_system_may_ask(ask: Asks, everyone: Cast, name: str) -> None:
    for text in (JOBS_ASKED, RUNS):
        answer = await ask(name, text)
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert codes == ([] if name in MAY else ["SIGNED_OUT" if name == "visitor" else "ROLE"])


async def test_each_job_is_told_with_its_newest_run(ask: Asks, everyone: Cast) -> None:
    await furnish(everyone)

    found = {job["name"]: job for job in (await ask("auditor", JOBS_ASKED))["data"]["jobs"]}

    assert list(found) == [job.name for job in JOBS]
    assert found["sessions"] == {
        "name": "sessions",
        "title": "Removes sessions that have ended by themselves",
        "rhythm": "every 1 h",
        "nextAt": "2026-11-22T03:00:00+00:00",
        "succeededAt": "2026-11-22T02:00:00+00:00",
        "troubled": False,
        "lastRun": {
            "job": "sessions",
            "title": "Removes sessions that have ended by themselves",
            "said": "2 sessions removed.",
            "outcome": "DONE",
        },
    }
    failed = found["runs"]
    assert (failed["troubled"], failed["nextAt"], failed["lastRun"]["outcome"]) == (
        True,
        "2026-11-22T02:00:00+00:00",
        "FAILED",
    )
    never = found["trail"]
    assert (never["nextAt"], never["succeededAt"], never["lastRun"]) == ("2026-11-22T18:30:00+00:00", None, None)


async def test_runs_are_found_by_job_and_by_trouble(ask: Asks, everyone: Cast) -> None:
    await furnish(everyone)
    gone = {"outcome": JobOutcome.LOST, "newest": True, "tries": 1, "holder": "x", "leased_until": make.NOW}
    await JobRun.create(job="no such job", due_at=make.NOW - DAY, started_at=make.NOW, **gone)

    async def found(**asked: object) -> list[tuple[str, str]]:
        runs = (await ask("admin", RUNS, **asked))["data"]["jobRuns"]
        assert runs["totalCount"] == len(runs["edges"])
        return [(edge["node"]["title"], edge["node"]["outcome"]) for edge in runs["edges"]]

    words = "Forgets runs of jobs after 30 days"
    assert len(await found()) == 4
    assert await found(job="runs") == [(words, "FAILED"), (words, "DONE")]
    assert sorted(await found(troubled=True)) == [(words, "FAILED"), ("no such job", "LOST")]
    assert await found(job="x" * 61) == []


async def test_the_page_says_what_went_wrong_and_where_to_look(sign_in: SignIn, everyone: Cast) -> None:
    await furnish(everyone)

    page = (await (await sign_in("auditor", language="zh")).get("/jobs")).text

    assert "清除会话 2 个。" in page
    assert "最近一次未成功的任务：1 项" in page
    assert '<code class="why">0123</code>' in page
    assert "共开始 2 次" in page


async def test_a_run_is_a_node_for_who_may_see_it(ask: Asks, everyone: Cast) -> None:
    await furnish(everyone)
    run = await JobRun.filter(job="sessions").get()
    text = "query($id: ID!) { node(id: $id) { ... on JobRun { job } } }"

    assert (await ask("auditor", text, id=f"job_{run.id}"))["data"] == {"node": {"job": "sessions"}}
    assert (await ask("secretary", text, id=f"job_{run.id}"))["data"] == {"node": None}


@pytest.mark.parametrize("name", NAMES)
async def test_what_did_not_go_well_awaits_who_answers_for_the_system(ask: Asks, everyone: Cast, name: str) -> None:
    await furnish(everyone)

    cards = (await ask(name, "{ viewer { awaits { code title address urgent } } }"))["data"]["viewer"]["awaits"]

    title = "1 jobs of the system did not go well the last time"
    card = {"code": "JOBS", "title": title, "address": "/jobs?troubled=true", "urgent": True}
    assert [found for found in cards if found["code"] == "JOBS"] == ([card] if name in MAY else [])

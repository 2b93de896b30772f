"""The commands that the workflows run, as they are typed."""

import json
import subprocess
from dataclasses import replace

import pytest

from reconciler.cli import main
from reconciler.github.comment import MARKER
from reconciler.report.document import to_json
from tests.github.hub import REPOSITORY, TOKEN, commit, listening, zipped
from tests.github.sections import DONE, LIVE_CHANGE, NEW, new, report

HEAD = commit("head")
TARGET = """\
version: 1
endpoint: http://127.0.0.1:9/vicidial/non_agent_api.php
state: {state}
defaults: {{source: "7275551114"}}
"""


@pytest.fixture
def served(hub, monkeypatch, tmp_path):
    """The hub over a socket, the environment of a workflow, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    with listening(hub):
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_API_URL", hub.url)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
        monkeypatch.setenv("GITHUB_RUN_ID", "9")
        yield hub


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(to_json(NEW))
    return path


@pytest.fixture
def specs(tmp_path):
    def write(state="file:state/{target}.json"):
        folder = tmp_path / "did_specs" / "tampa"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "target.yaml").write_text(TARGET.format(state=state))
        return ["--specs", str(tmp_path / "did_specs")]

    return write


# --- comment


def test_a_comment_is_printed(plan, capsys):
    assert main(["comment", str(plan), "--commit", HEAD]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("**tampa: 100 numbers created, 3 calls**\n")
    assert printed.endswith(f"commit `{HEAD[:12]}`\n\n{MARKER}\n")


def test_a_comment_is_written_with_what_came_of_the_apply(plan, tmp_path, capsys):
    result = tmp_path / "report.json"
    result.write_text(report([new()], [("7275553300-7275553399", DONE)]))
    other = tmp_path / "other.json"
    other.write_text(to_json(replace(LIVE_CHANGE, target="ybor")))
    out = tmp_path / "comment.md"
    given = ["comment", str(plan), str(other), "--result", str(result), "--out", str(out)]
    assert main(given) == 0
    assert capsys.readouterr().out == ""
    assert out.read_text().startswith(
        "- **tampa: applied in 1.2 s: 100 of 100 confirmed**\n"
        "- **ybor: 100 numbers rerouted, 100 calls**\n"
    )


def test_a_comment_is_posted(served, plan, capsys):
    assert main(["comment", str(plan), "--post", "--pr", "7"]) == 0
    assert main(["comment", str(plan), "--post", "--pr", "7", "--repo", REPOSITORY]) == 0
    assert len(served.bodies(7)) == 1
    assert capsys.readouterr().err.startswith("https://github.com/acme/numbers/pull/7#")


@pytest.mark.parametrize("given", [["--post"], ["--post", "--pr", "7"]])
def test_posting_needs_to_know_where(plan, given, capsys, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert main(["comment", str(plan), *given]) == 1
    assert "--post needs --repo and --pr" in capsys.readouterr().err


def test_a_plan_that_cannot_be_read_is_told(tmp_path, capsys):
    assert main(["comment", str(tmp_path / "none.json")]) == 1
    assert "cannot read" in capsys.readouterr().err
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    assert main(["comment", str(tmp_path / "bytes.json")]) == 1
    assert "it is not UTF-8" in capsys.readouterr().err


def test_two_plans_of_one_target_are_one_too_many(plan, capsys):
    assert main(["comment", str(plan), str(plan)]) == 1
    assert "two plans have the same target" in capsys.readouterr().err


# --- github comment


def test_a_run_s_plans_become_the_comment(served, tmp_path, monkeypatch, capsys):
    served.opens(7, HEAD)
    run = served.ran(HEAD)
    served.left(run, "plan-tampa", zipped(plan_json=to_json(NEW)))
    event(tmp_path, monkeypatch, run)
    assert main(["github", "comment"]) == 0
    assert "pull request 7: https://github.com" in capsys.readouterr().out
    assert len(served.bodies(7)) == 1


def test_a_run_whose_plan_cannot_be_used_fails(served, tmp_path, monkeypatch, capsys):
    served.opens(7, HEAD)
    run = served.ran(HEAD)
    served.left(run, "plan-tampa", b"no zip")
    event(tmp_path, monkeypatch, run)
    assert main(["github", "comment"]) == 1
    assert "not a valid zip" in capsys.readouterr().err


def event(folder, monkeypatch, run):
    content = {
        "repository": {"default_branch": "main"},
        "workflow_run": {
            "id": run,
            "event": "pull_request",
            "path": ".github/workflows/plan.yml@main",
            "conclusion": "success",
            "head_sha": HEAD,
            "head_branch": "change",
            "head_repository": {"id": 1, "owner": {"login": "acme"}},
            "html_url": f"https://github.com/acme/numbers/actions/runs/{run}",
        },
    }
    (folder / "event.json").write_text(json.dumps(content))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(folder / "event.json"))


# --- github ready


def ready(arguments, tmp_path, monkeypatch):
    output = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    code = main(["github", "ready", *arguments])
    return code, output.read_text() if output.exists() else ""


def test_without_credentials_it_is_not_ready_and_says_where_they_go(
    specs, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("VICIDIAL_USER", "")
    assert ready(specs(), tmp_path, monkeypatch) == (0, "ready=false\n")
    assert capsys.readouterr().out.startswith("::notice title=Not applied::No credentials")


def test_with_credentials_it_is_ready(specs, tmp_path, monkeypatch):
    monkeypatch.setenv("VICIDIAL_USER_TAMPA", "6666")
    monkeypatch.setenv("VICIDIAL_PASS_TAMPA", "aPasswordOfIts0wn")
    assert ready(specs(), tmp_path, monkeypatch) == (0, "ready=true\n")
    monkeypatch.delenv("GITHUB_OUTPUT")
    assert main(["github", "ready", *specs()]) == 0


def test_half_of_the_credentials_are_an_error(specs, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VICIDIAL_USER", "6666")
    assert ready(specs(), tmp_path, monkeypatch) == (1, "")
    assert "VICIDIAL_PASS is not set" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "code"),
    [("file:state/{target}.json", 1), ("file:/srv/{target}.json", 0), ("git:did-state", 0)],
)
def test_a_state_on_a_runner_that_vanishes_is_an_error(
    specs, tmp_path, monkeypatch, capsys, state, code
):
    monkeypatch.setenv("VICIDIAL_USER", "6666")
    monkeypatch.setenv("VICIDIAL_PASS", "aPasswordOfIts0wn")
    monkeypatch.setenv("RUNNER_ENVIRONMENT", "github-hosted")
    assert ready(specs(state), tmp_path, monkeypatch)[0] == code
    assert ("on a runner that is deleted" in capsys.readouterr().err) == bool(code)


# --- github reviewed


def test_the_plans_of_merged_pull_requests_are_fetched(served, specs, tmp_path, capsys):
    served.opens(7, HEAD)
    served.opens(8, commit("other"))
    served.commits = [commit("main")]
    served.merges(7, commit("first"))
    served.merges(8, commit("second"))
    served.left(served.ran(HEAD), "plan-tampa", zipped(plan_json=to_json(NEW)))
    given = ["--since", commit("main"), "--until", commit("second"), "--out", str(tmp_path / "out")]
    assert main(["github", "reviewed", *specs(), *given]) == 0
    assert capsys.readouterr().out == (
        f"pull request 7: plan {NEW.short_digest}\n"
        "::warning::pull request 8 has no plan of tampa: no finished run planned it\n"
    )
    assert (tmp_path / "out" / "plans" / "7.json").read_text() == to_json(NEW)
    content = json.loads((tmp_path / "out" / "pulls.json").read_text())
    assert [each["number"] for each in content["pulls"]] == [7, 8]


def test_since_the_last_confirmed_apply_unless_told_otherwise(
    served, specs, tmp_path, monkeypatch, capsys
):
    served.commits = [commit("main")]
    monkeypatch.setenv("GITHUB_SHA", commit("main"))
    assert main(["github", "reviewed", *specs(), "--out", str(tmp_path / "out")]) == 0
    assert "no pull request was merged since" in capsys.readouterr().err


def test_a_state_that_needs_credentials_is_read_from_its_mirror(specs, tmp_path, capsys):
    """The store cannot be reached; the mirror is a branch that nothing was saved to yet."""
    for command in (
        ["git", "init", "-q", "--bare", "remote.git"],
        ["git", "init", "-q", "."],
        ["git", "remote", "add", "origin", "remote.git"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True)
    given = specs("s3://bucket/{target}.json\nmirror: git:did-state")
    assert main(["plan", "--mirror", *given]) == 0
    assert "No changes: tampa is as declared" in capsys.readouterr().out


# --- github result


def test_what_came_of_it_goes_into_comments_and_the_summary(served, tmp_path, capsys):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "7.json").write_text(to_json(NEW))
    pulls = {"target": "tampa", "pulls": [{"number": 7, "commit": HEAD}]}
    (tmp_path / "pulls.json").write_text(json.dumps(pulls))
    (tmp_path / "report.json").write_text(report([new()], [("7275553300-7275553399", DONE)]))
    assert main(["github", "result", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("**tampa: applied in 1.2 s: 100 of 100 confirmed**\n")
    assert said.err.startswith("pull request 7: https://github.com/")
    assert len(served.bodies(7)) == 1

    served.faults = [(403, {}, b'{"message": "locked"}')]
    assert main(["github", "result", str(tmp_path)]) == 1

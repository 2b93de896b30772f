"""The commands that the workflows run, as they are typed."""

import json
import subprocess
from dataclasses import replace

import pytest

from reconciler.cli import main, merged_plans
from reconciler.github.planned import PlannedPull, write_planned
from reconciler.report.comment import MARKER
from reconciler.report.document import to_json
from reconciler.state.codec import encode
from tests.conftest import state
from tests.github.artifacts import leaves
from tests.github.hub import REPOSITORY, TOKEN, archived, commit, listening
from tests.github.sections import DONE, LIVE_CHANGE, NEW, document, new, report
from tests.github.test_commenting_on_a_plan import event as pull_request
from tests.github.test_last_apply import applies

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
        monkeypatch.setenv("GITHUB_RUN_NUMBER", "1")
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


# --- github plan and comment


def event(folder, monkeypatch, number=7, head=HEAD):
    (folder / "event.json").write_text(json.dumps(pull_request(number, head=head)))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(folder / "event.json"))


def test_the_plans_of_a_folder_become_the_comment(served, tmp_path, monkeypatch, capsys):
    served.opens(7, HEAD)
    event(tmp_path, monkeypatch)
    pull = PlannedPull(7, HEAD, "main", commit("base"), targets=("tampa",))
    write_planned(tmp_path / "plans", pull, {"tampa": document([new()], base=[])})
    assert main(["github", "comment", "plans"]) == 0
    assert "pull request 7: https://github.com" in capsys.readouterr().out
    assert len(served.bodies(7)) == 1
    assert served.statuses[0]["state"] == "success"


def test_a_folder_with_nothing_says_that_there_is_no_plan(served, tmp_path, monkeypatch):
    served.opens(7, HEAD)
    event(tmp_path, monkeypatch)
    assert main(["github", "comment", "plans"]) == 0
    assert served.bodies(7)[0].startswith("**No plan: ")
    assert served.statuses[0]["state"] == "failure"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("pull.json", "[]", "pull.json is not of a planned pull request"),
        ("pull.json", b"\xff", "cannot read plans/pull.json"),
        ("plans/tampa.json", "{}", "the plan of tampa is not a plan"),
    ],
)
def test_a_folder_of_anything_else_is_an_error(
    served, tmp_path, monkeypatch, capsys, name, content, words
):
    event(tmp_path, monkeypatch)
    pull = PlannedPull(7, HEAD, "main", commit("base"), targets=("tampa",))
    write_planned(tmp_path / "plans", pull, {"tampa": document([new()], base=[])})
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "plans" / name).write_bytes(data)
    assert main(["github", "comment", "plans"]) == 1
    assert words in capsys.readouterr().err
    assert served.comments == served.statuses == []


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


def test_a_run_is_not_run_again(served, history, specs, tmp_path, monkeypatch, capsys):
    """It would go by plans that counted before, or bring back what its commit declared."""
    monkeypatch.setenv("VICIDIAL_NETRC", "machine 127.0.0.1:9 login 6666 password aPass-0w0rd")
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    assert ready(specs(), tmp_path, monkeypatch) == (1, "")
    assert "start apply.yml by hand: a new run looks at everything anew" in capsys.readouterr().err
    assert main(["github", "reviewed", "--out", "out"]) == 1
    assert "this run was run again" in capsys.readouterr().err
    assert served.requests == []


def test_without_credentials_after_an_apply_it_fails(specs, tmp_path, monkeypatch, capsys):
    """Somebody may have named another environment, and every apply would end green."""
    (tmp_path / "state").mkdir()
    content = encode(state(endpoint="http://127.0.0.1:9/vicidial/non_agent_api.php"))
    (tmp_path / "state" / "tampa.json").write_bytes(content)
    assert ready(specs(), tmp_path, monkeypatch) == (1, "")
    assert (
        "no credentials are set for tampa, to which was applied before" in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("kept", "warned"),
    [
        (("git:did-state", "deletion", "non_fast_forward"), True),
        (("git:did-state", "update"), False),
        (("s3://bucket/{target}.json\nmirror: git:did-state",), True),
        (("file:/srv/{target}.json",), False),
    ],
)
def test_a_state_that_everybody_may_write_is_warned_of(
    served, specs, tmp_path, monkeypatch, capsys, kept, warned
):
    state, *rules = kept
    (tmp_path / "event.json").write_text('{"repository": {"default_branch": "main"}}')
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("VICIDIAL_NETRC", "machine 127.0.0.1:9 login 6666 password aPass-0w0rd")
    served.rules = rules
    given = [*specs(state), "--environment", "production"]
    assert ready(given, tmp_path, monkeypatch) == (0, "ready=true\n")
    words = "::warning title=The state is not protected::whoever may push to this repository"
    assert (words in capsys.readouterr().out) == warned


def test_the_keys_of_the_server_are_those_of_its_api(served, capsys, monkeypatch):
    assert main(["github", "known-hosts"]) == 0
    assert capsys.readouterr().out == "github.com ssh-ed25519 AAAAnotakey+/=\n"
    served.faults = [(200, {}, b'{"ssh_keys": ["ssh-rsa AAAA\\nevil ssh-rsa BBBB"]}')]
    assert main(["github", "known-hosts"]) == 1
    assert "it has other things than ssh keys" in capsys.readouterr().err


def test_what_no_review_covers_needs_a_second_person_or_a_maintainer(
    served, specs, tmp_path, monkeypatch, capsys
):
    (tmp_path / "event.json").write_text('{"repository": {"default_branch": "main"}}')
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("VICIDIAL_NETRC", "machine 127.0.0.1:9 login 6666 password aPass-0w0rd")
    given = [*specs(), "--environment", "production", "--unreviewed"]
    served.roles["mia"] = "maintain"
    for actor, code in (("ann", 0), ("mia", 0), ("bob", 1), ("mallory", 1), ("", 1)):
        monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", actor)
        assert ready(given, tmp_path, monkeypatch)[0] == code
        said = capsys.readouterr().err
        assert (f"{actor or 'nobody'} may not approve a digest alone" in said) == bool(code)
    assert ready(given[:-1], tmp_path, monkeypatch)[0] == 0
    served.second_person = True
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "bob")
    assert ready(given, tmp_path, monkeypatch)[0] == 0
    # A workflow of bob's own started it, so that bob may approve it.
    monkeypatch.setenv("GITHUB_TRIGGERING_ACTOR", "github-actions[bot]")
    assert ready(given, tmp_path, monkeypatch)[0] == 1


def test_the_environment_must_be_kept_from_every_other_branch(
    served, specs, tmp_path, monkeypatch, capsys
):
    (tmp_path / "event.json").write_text('{"repository": {"default_branch": "main"}}')
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("VICIDIAL_NETRC", "machine 127.0.0.1:9 login 6666 password aPass-0w0rd")
    given = [*specs(), "--environment", "production"]
    assert ready(given, tmp_path, monkeypatch) == (0, "ready=true\n")
    for deployers, words in (
        (None, "is open to every branch, not to main alone"),
        ("protected", "is open to every branch"),
        ((("branch", "*"),), "is open to *,"),
        ((("tag", "main"),), "is open to main,"),
        ((("branch", "main"), ("branch", "did-*")), "is open to main, did-*,"),
        ((), "is open to no branch"),
        ("none", "GitHub says 404"),
    ):
        served.deployers = deployers
        assert ready(given, tmp_path, monkeypatch)[0] == 1
        assert words in capsys.readouterr().err


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


@pytest.fixture
def history(served, specs, tmp_path, monkeypatch):
    """A repository with two commits; each came by a pull request, of which one was planned."""

    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)
        return done.stdout.decode().strip()

    specs()
    remark = tmp_path / "did_specs" / "tampa" / "remark.txt"
    (tmp_path / "event.json").write_text('{"repository": {"default_branch": "main"}}')
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    git("init", "-q", "-b", "main")
    git("config", "user.email", "ann@example.com")
    git("config", "user.name", "Ann")
    names = []
    for number in (6, 7, 8):
        remark.write_text(f"{number}\n")
        git("add", "did_specs")
        git("commit", "-qm", f"Change {number}")
        names.append(git("rev-parse", "HEAD"))
    for number, name in zip((7, 8), names[1:], strict=True):
        served.opens(number, HEAD if number == 7 else commit("other"))
        if number == 7:
            leaves(served, 7, document([new()], base=[]), base_commit=names[0])
        served.merges(number, name)
    return names


def fetched(tmp_path, *arguments):
    out = str(tmp_path / "out")
    assert main(["github", "reviewed", *arguments, "--out", out]) == 0
    folder = tmp_path / "out" / "tampa"
    pulls = json.loads((folder / "pulls.json").read_text())["pulls"]
    return [each["number"] for each in pulls], (folder / "since").read_text()


def test_the_plans_of_merged_pull_requests_are_fetched(history, tmp_path, capsys):
    """Nothing was applied yet: they are compared with what the first plan was made for."""
    assert fetched(tmp_path) == ([7, 8], history[0])
    plan = document([new()], base=[])
    assert capsys.readouterr().out == (
        f"pull request 7: tampa {plan.short_digest}\n"
        "::warning::no plan of pull request 8 counts: its newest commit was not planned by a run "
        "of this repository's plan.yml\n"
    )
    assert (tmp_path / "out" / "tampa" / "plans" / "7.json").read_text() == to_json(plan)
    assert not (tmp_path / "out" / "tampa" / "plans" / "8.json").exists()


def test_of_several_first_plans_the_oldest_base_counts(served, history, tmp_path):
    served.pulls[8]["state"] = "open"
    leaves(served, 8, document([new()], base=[]), base_commit=history[1])
    served.merges(8, history[2])
    assert fetched(tmp_path) == ([7, 8], history[0])


def test_those_merged_since_the_last_confirmed_apply_are_fetched(
    served, history, tmp_path, monkeypatch, capsys
):
    never = commit("not of this history")
    served.tips = [*history, never]
    for name in (history[1], never):
        applies(served, name, "tampa")
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "3")
    assert fetched(tmp_path) == ([8], history[1])
    served.tips.remove(history[0])
    applies(served, history[0], "tampa")  # a commit of a rebase: never the tip
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "4")
    assert fetched(tmp_path) == ([8], history[1])
    applies(served, history[-1], "tampa")
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "5")
    assert fetched(tmp_path) == ([], history[-1])
    assert "no pull request that changes specs was merged" in capsys.readouterr().err


def test_where_a_run_was_deleted_none_counts(served, history, tmp_path, monkeypatch, capsys):
    """Somebody may have removed what said so, to have old plans count again."""
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "2")
    assert fetched(tmp_path) == ([], "")
    assert (
        "::warning::no plan counts for tampa, since it is not proven since when: a run of "
        "apply.yml was deleted" in capsys.readouterr().out
    )
    told = json.loads((tmp_path / "out" / "tampa" / "pulls.json").read_text())["lost"]
    assert told.startswith("a run of apply.yml was deleted")


def test_a_pull_request_that_changes_no_specs_is_not_asked_about(served, history, tmp_path):
    """Whatever else is in the repository."""
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "9"], cwd=tmp_path, check=True)
    found = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=tmp_path, text=True)
    served.opens(9, commit("nine"))
    served.merges(9, found.strip())
    assert fetched(tmp_path) == ([7, 8], history[0])
    assert not [path for path, _ in served.sent("GET") if "/pulls/9" in path]


def test_what_earlier_runs_reported_is_fetched_where_they_may_have_begun_something(
    served, history, tmp_path, monkeypatch
):
    served.tips = history
    applies(served, history[0], "tampa")
    text = report([new()], [("7275553300-7275553399", DONE)])
    for content in (text, "{}", None):
        files = {} if content is None else {"report.json": content}
        failed = applies(served, history[1], failed=["tampa"], conclusion="failure")
        served.left(failed, "outcome-tampa", archived(files))
        served.left(failed, "outcome-reno", archived(files))
    served.left(
        served.ran(history[1], event="push"), "outcome-tampa", archived({"report.json": text})
    )
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "5")
    fetched(tmp_path)
    assert len([path for path, _ in served.sent("GET") if path.endswith("/artifacts")]) <= 4
    found = sorted((tmp_path / "out" / "tampa" / "earlier").iterdir())
    assert [path.read_text() for path in found] == [text]


def test_a_target_with_nothing_to_do_is_left_out(served, history, tmp_path, monkeypatch, capsys):
    """Neither plans are looked for nor an environment is entered."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    subprocess.run(["git", "init", "-q", "--bare", "remote.git"], cwd=tmp_path, check=True)
    subprocess.run(["git", "remote", "add", "origin", "remote.git"], cwd=tmp_path, check=True)
    target = tmp_path / "did_specs" / "tampa" / "target.yaml"
    target.write_text(TARGET.format(state="git:did-state"))
    assert main(["github", "reviewed", "--out", "out"]) == 0
    assert capsys.readouterr().err == "nothing to apply for tampa\n"
    assert (tmp_path / "output").read_text() == (
        f"targets=[]\ncommit={history[-1]}\nshort={history[-1][:12]}\n"
    )
    assert served.requests == []


def test_of_very_many_merged_ones_the_oldest_are_not_looked_up(
    history, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(merged_plans, "MOST_MERGED", 1)
    assert fetched(tmp_path) == ([7, 8], "")
    assert "no plan of pull request 7 counts: over 200 pull requests" in capsys.readouterr().out


def test_a_clone_without_its_history_is_an_error(served, history, tmp_path, monkeypatch, capsys):
    """What a run applied cannot be compared with."""
    shallow = tmp_path / "shallow"
    command = ["git", "clone", "-q", "--depth=1", f"file://{tmp_path}", str(shallow)]
    subprocess.run(command, check=True)
    served.tips = [history[0], history[-1]]
    applies(served, history[0], "tampa")
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "2")
    monkeypatch.chdir(shallow)
    assert main(["github", "reviewed", "--out", "out"]) == 1
    assert "fetch-depth: 0" in capsys.readouterr().err


def test_it_is_a_step_of_a_run(history, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_RUN_NUMBER")
    assert main(["github", "reviewed", "--out", "out"]) == 1
    assert "GITHUB_RUN_NUMBER is not set" in capsys.readouterr().err


def test_only_the_target_asked_for_gets_a_folder(history, tmp_path):
    assert main(["github", "reviewed", "--target", "reno", "--out", "out"]) == 0
    assert not (tmp_path / "out").exists()


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


# --- github stale, queue, and the plan of a pull request that the event does not name


def test_stale_pull_requests_are_an_output(served, history, tmp_path, monkeypatch, capsys):
    run = served.ran(history[-1], path=".github/workflows/apply.yml", event="push")
    event = {"workflow_run": {"id": run}, "repository": {"default_branch": "main"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert main(["github", "stale"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert (tmp_path / "output").read_text() == "pulls=[]\n"


def test_a_pull_request_that_was_closed_meanwhile_is_not_planned_again(
    served, history, tmp_path, monkeypatch, capsys
):
    event = {"workflow_run": {"id": 1}, "repository": {"default_branch": "main"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert main(["github", "plan", "--pull", "7", "--out", "plans"]) == 0
    assert "pull request 7 is closed: nothing was planned" in capsys.readouterr().err
    assert (tmp_path / "output").read_text() == "outdated=true\n"
    assert main(["github", "comment", "plans", "--pull", "7"]) == 0
    assert "pull request 7 is closed: no comment posted" in capsys.readouterr().err
    assert served.comments == []


def test_an_open_pull_request_is_read_where_the_event_names_none(
    served, history, tmp_path, monkeypatch, capsys
):
    event = {"workflow_run": {"id": 1}, "repository": {"default_branch": "main"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    served.opens(9, HEAD)
    write_planned(tmp_path / "plans", PlannedPull(9, HEAD, "main", history[0]), {})
    assert main(["github", "comment", "plans", "--pull", "9"]) == 0
    assert "pull request 9: no changes; no comment posted" in capsys.readouterr().out
    assert [each["sha"] for each in served.statuses] == [HEAD]


def test_the_commit_of_a_merge_queue_is_marked(served, specs, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("GITHUB_SHA", HEAD)
    given = specs()
    assert main(["github", "queue", *given]) == 0
    (tmp_path / "did_specs" / "tampa" / "sales.yaml").write_text("version: 1\nblocks: 3\n")
    assert main(["github", "queue", *given]) == 1
    assert "sales.yaml:2" in capsys.readouterr().err
    assert [(each["context"], each["state"], each["description"]) for each in served.statuses] == [
        ("DIDs planned", "success", "the specs are valid together"),
        ("DIDs planned", "failure", "1 fault in the specs"),
    ]


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

"""Requests wait for rate limits, repeat what may be repeated, and say why they cannot go on."""

import httpx
import pytest

from reconciler import secrets
from reconciler.errors import UsageError
from reconciler.github import http as requests
from reconciler.github.client import Comment, GitHub, commit_name
from reconciler.github.http import (
    LONGEST_WAIT,
    Access,
    GitHubError,
    Http,
    NoAnswer,
    NotThere,
    TooLong,
    _Limited,
    _may_be_repeated,
    _was_not_done,
    access,
)
from tests.github import openapi
from tests.github.hub import REPOSITORY, STORAGE, TOKEN, commit, opened, zipped

AT = f"/repos/{REPOSITORY}"


def fault(status, text="{}", **headers):
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode()


def broken(error):
    def handle(request):
        raise error

    return Http(Access(TOKEN), transport=httpx.MockTransport(handle))


def test_the_token_comes_from_the_environment_and_is_hidden_from_then_on():
    given = access({"GITHUB_TOKEN": "ghs_veryvisible0123", "GITHUB_API_URL": "https://ghe.example"})
    assert given.url == "https://ghe.example"
    assert secrets.hide("token ghs_veryvisible0123!") == "token ***!"
    assert "ghs_veryvisible0123" not in repr(given)


def test_without_a_token_it_says_where_it_comes_from():
    with pytest.raises(UsageError, match="GITHUB_TOKEN is not set"):
        access({"GITHUB_TOKEN": ""})


def test_a_list_is_read_page_by_page(hub, github):
    hub.page = 2
    for number in range(5):
        hub.says(7, f"comment {number}")
    assert [each.body for each in github.comments(7)] == [f"comment {n}" for n in range(5)]
    assert len(hub.requests) == 3


def test_a_next_page_on_another_server_is_not_asked_for(hub):
    hub.faults = [fault(200, "[]", Link='<https://evil.example/next>; rel="next"')]
    with pytest.raises(GitHubError, match="on another server"), opened(hub) as http:
        list(http.pages(f"{AT}/pulls", state="open"))


def test_pages_end_even_when_github_never_says_so(hub):
    again = fault(200, "[]", Link=f'<{hub.url}{AT}/pulls?page=1>; rel="next"')
    hub.faults = [again] * 60
    with opened(hub) as http:
        assert list(http.pages(f"{AT}/pulls")) == []
    assert len(hub.requests) == 50


@pytest.mark.parametrize("content", ["{}", '"text"', '{"artifacts": 1}'])
def test_an_answer_that_is_no_list_where_one_should_be_is_an_error(hub, content):
    hub.faults = [fault(200, content)]
    with pytest.raises(GitHubError, match="is not a list"), opened(hub) as http:
        list(http.pages(f"{AT}/actions/artifacts", "artifacts"))


def test_an_answer_that_is_not_json_is_an_error(hub):
    hub.faults = [fault(200, "<html>")]
    with pytest.raises(GitHubError, match="is not JSON"), opened(hub) as http:
        http.get(f"{AT}/pulls/1")


@pytest.mark.parametrize(
    "limited",
    [
        fault(429),
        fault(403, Retry_After="3"),
        fault(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="100"),
        fault(403, '{"message": "You have exceeded a secondary rate limit"}'),
        fault(500),
        fault(502, "<html>"),
    ],
)
def test_reading_goes_on_after_a_rate_limit_or_a_broken_answer(hub, github, limited):
    hub.opens(1, commit("head"))
    hub.faults = [limited, limited]
    assert github.pull(1).number == 1
    assert len(hub.requests) == 3


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "Thu, 01 Jan 1970 00:17:10 GMT"}, 30),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1090"}, 90),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "500"}, 1),
        ({"X-RateLimit-Remaining": "0"}, 60),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "1090"}, 60),
    ],
)
def test_github_says_how_long_to_wait(hub, headers, seconds):
    hub.faults = [(429, headers, b"")] * 6
    with pytest.raises(_Limited) as caught, opened(hub, clock=lambda: 1000.0) as http:
        http.get(f"{AT}/pulls/1")
    assert caught.value.wait == seconds
    assert _was_not_done(caught.value) == seconds
    assert _may_be_repeated(caught.value) == seconds


def test_a_rate_limit_that_lasts_too_long_is_not_waited_for(hub, github):
    hub.faults = [fault(403, Retry_After=str(LONGEST_WAIT + 1))]
    with pytest.raises(GitHubError, match="403") as caught:
        github.pull(1)
    assert "later" in caught.value.hint
    assert len(hub.requests) == 1


def test_a_refusal_that_is_no_rate_limit_is_told_at_once(hub, github):
    hub.faults = [fault(403, '{"message": "Resource not accessible by integration"}')]
    with pytest.raises(GitHubError, match="not accessible by integration") as caught:
        github.pull(1)
    assert "permissions" in caught.value.hint
    assert len(hub.requests) == 1


def test_a_locked_conversation_is_to_be_unlocked_and_not_a_matter_of_permissions(hub, github):
    words = "Unable to create comment because issue is locked."
    hub.faults = [fault(403, f'{{"message": "{words}"}}')]
    with pytest.raises(GitHubError, match="issue is locked") as caught:
        github.pull(1)
    assert caught.value.hint == ("unlock the conversation of the pull request, and run this again")


def test_a_refusal_in_other_words_gets_no_hint_that_may_be_wrong(hub, github):
    hub.faults = [fault(403, '{"message": "Something else"}')]
    with pytest.raises(GitHubError, match="Something else") as caught:
        github.pull(1)
    assert caught.value.hint is None


def test_a_wrong_token_is_told_with_where_to_look(hub):
    http = Http(Access("ghs_another00000000"), transport=opened(hub)._transport)
    with pytest.raises(GitHubError, match="401, Bad credentials"), http:
        http.get(f"{AT}/pulls/1")


def test_what_is_not_there_is_told_apart(hub, github):
    with pytest.raises(NotThere, match="404, Not Found"):
        github.pull(404)


def test_any_other_refusal_is_told_even_without_words(hub, github):
    hub.faults = [fault(422, "[]")]
    with pytest.raises(GitHubError, match="422, and does not say why"):
        github.create_comment(1, "text")


def test_a_body_too_long_is_told_apart(hub, github):
    with pytest.raises(TooLong):
        github.create_comment(1, "x" * 70_000)


def test_creating_is_not_repeated_when_it_may_have_been_done(hub, github):
    hub.faults = [fault(502)]
    with pytest.raises(NoAnswer):
        github.create_comment(1, "text")
    assert len(hub.requests) == 1


def test_creating_is_repeated_when_surely_nothing_was_done(hub, github):
    hub.faults = [fault(429)]
    assert github.create_comment(1, "text").body == "text"
    assert len(hub.comments) == 1


def test_a_comment_of_an_account_that_is_gone_has_no_author(hub, github):
    made = hub.says(1, "bye", author=None)
    assert list(github.comments(1)) == [Comment(made["id"], "", "bye", made["html_url"])]


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
def test_a_github_that_cannot_be_reached_is_told_so(error):
    with pytest.raises(NoAnswer, match="cannot be reached"), broken(error) as http:
        http.post(f"{AT}/issues/1/comments", {"body": "x"})


def test_an_answer_that_breaks_off_is_told_in_its_words():
    with (
        pytest.raises(NoAnswer, match="no complete reply within 30 s"),
        broken(httpx.ReadTimeout("")) as http,
    ):
        http.get(f"{AT}/pulls/1")


def test_a_dead_proxy_is_not_github(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "localhost,::1,fd00::/8")
    with pytest.raises(NoAnswer) as caught, Http(Access(TOKEN)) as http:
        http.get(f"{AT}/pulls/1")
    assert "GitHub cannot be reached: the proxy 127.0.0.1:1 (HTTPS_PROXY) refused" in (
        caught.value.message
    )
    assert "correct HTTPS_PROXY" in caught.value.hint


def test_the_token_does_not_go_to_the_storage_of_artifacts(hub, github):
    run = hub.ran(commit("head"))
    hub.left(run, "plan-tampa", zipped(plan_json="{}"))
    (artifact,) = github.artifacts()
    assert github.archive(artifact) == hub.archives[artifact.id]


def test_a_download_is_not_sent_around_for_ever(hub):
    hub.faults = [fault(302, Location=f"{AT}/actions/artifacts/5/zip")] * 9
    with pytest.raises(GitHubError, match="too many redirects"), opened(hub) as http:
        http.download(f"{AT}/actions/artifacts/5/zip", 100)


def test_a_download_that_is_too_large_stops(hub):
    hub.archives[5] = b"x" * 101
    with pytest.raises(GitHubError, match="larger than 100 bytes"), opened(hub) as http:
        http.download(f"{AT}/actions/artifacts/5/zip", 100)


class Unread(httpx.SyncByteStream):
    """A body that nobody may read: a few hundred bytes of it can become gigabytes."""

    def __iter__(self):
        yield pytest.fail("was read")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br"])
def test_an_answer_that_is_compressed_in_another_way_is_not_read(encoding):
    def play(request):
        assert request.headers["accept-encoding"] == "gzip"
        return httpx.Response(200, stream=Unread(), headers={"content-encoding": encoding})

    http = Http(Access(TOKEN), transport=httpx.MockTransport(play))
    with pytest.raises(GitHubError, match=f"is encoded as '{encoding}', not as gzip"), http:
        http.get(AT)


def test_an_answer_that_never_ends_is_left(monkeypatch):
    monkeypatch.setattr(requests, "LONGEST_ANSWER", 0.01)

    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                yield b" "

    def play(request):
        return httpx.Response(200, stream=Endless())

    http = Http(Access(TOKEN), transport=httpx.MockTransport(play))
    with pytest.raises(NoAnswer, match="GitHub's answer took longer than"), http:
        http.get(AT)


def test_the_storage_is_another_server():
    assert not STORAGE.startswith("https://api.github.com")


def test_an_answer_with_parts_missing_is_an_error_and_no_crash(hub, github):
    hub.faults = [fault(200, '{"number": 1}')]
    with pytest.raises(GitHubError, match="answer is invalid"):
        github.pull(1)


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", f"{AT}/pullrequests", {}, None),
        ("DELETE", f"{AT}/pulls", {}, None),
        ("GET", f"{AT}/pulls", {"states": "open"}, None),
        ("GET", f"{AT}/pulls", {"state": "opened"}, None),
        ("POST", f"{AT}/issues/1/comments", {}, {"text": "x"}),
        ("POST", f"{AT}/issues/1/comments", {}, {"body": 1}),
    ],
)
def test_the_description_tells_a_request_that_was_invented(method, path, query, body):
    assert openapi.faults(method, path, query, body)


def test_the_description_tells_an_answer_that_was_invented():
    answer = [{"number": "1", "colour": "red", "head": {"sha": "a"}}]
    found = openapi.answer_faults("GET", f"{AT}/pulls", 200, answer)
    assert [each.partition(": ")[2] for each in found] == [
        "$[].number may not be '1'",
        "$[].colour is not described",
    ]


@pytest.mark.parametrize("text", ["", "main", "abc123", "G" * 40, "../x"])
def test_only_full_names_of_commits_go_into_a_path(text):
    with pytest.raises(UsageError, match="is not a commit"):
        commit_name(text)


@pytest.mark.parametrize("text", ["", "acme", "acme/numbers/more", "acme/num bers", "a/b?c"])
def test_only_a_repository_goes_into_a_path(hub, text):
    with pytest.raises(UsageError, match="is not a repository"):
        GitHub(opened(hub), text)

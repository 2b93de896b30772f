"""Faults on request: how they are asked for, and what they do to a reply."""

import asyncio
import time

import httpx
import pytest

from reconciler.simulator import Simulator, Table, Vicidial, default_fixture
from reconciler.simulator.faults import FaultKind, FaultsError, parse_faults

API = "/vicidial/non_agent_api.php"
COPY = {
    "user": "6666",
    "pass": "1234",
    "source": "test",
    "function": "copy_did",
    "source_did_pattern": "7275551114",
}


def post(simulator, new_dids="7275553338", **params):
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.post(simulator.endpoint, data={**COPY, "new_dids": new_dids, **params})


def exists(simulator, pattern="7275553338"):
    return pattern in {row["did_pattern"] for row in simulator.dids()}


def befallen(rules, functions):
    faults = parse_faults({"rules": rules})
    return [faults.hit(function).rule is not None for function in functions]


class TestAsking:
    def test_the_nth_counts_only_requests_that_match(self):
        rules = [{"kind": "garbage", "function": "copy_did", "nth": 2}]
        functions = ["copy_did", "update_did", "copy_did", "copy_did"]
        assert befallen(rules, functions) == [False, False, True, False]

    def test_without_a_function_every_request_matches(self):
        assert befallen([{"kind": "garbage", "nth": 2}], ["a", "b", "c"]) == [False, True, False]

    def test_without_nth_and_share_a_rule_always_befalls(self):
        assert befallen([{"kind": "garbage"}], ["a", "b"]) == [True, True]

    def test_a_share_with_a_seed_falls_the_same_way_each_time(self):
        rules = [{"kind": "garbage", "share": 0.3, "seed": 7}]
        first = befallen(rules, ["a"] * 1000)
        assert first == befallen(rules, ["a"] * 1000)
        assert 250 < sum(first) < 350

    def test_delays_add_up_and_the_first_of_the_others_counts(self):
        faults = parse_faults(
            {
                "latency": 0.5,
                "rules": [
                    {"kind": "delay", "seconds": 1},
                    {"kind": "cut_after"},
                    {"kind": "delay", "seconds": 2},
                    {"kind": "garbage"},
                ],
            }
        )
        hit = faults.hit("version")
        assert hit.delay == 3.5
        assert hit.rule is not None
        assert hit.rule.kind is FaultKind.CUT_AFTER

    @pytest.mark.parametrize(
        ("written", "kind"),
        [
            *((kind.value, kind) for kind in FaultKind),
            ("500 before", FaultKind.ERROR_BEFORE),
            ("500-after the work", FaultKind.ERROR_AFTER),
            ("Cut Before", FaultKind.CUT_BEFORE),
            ("connection cut after the work", FaultKind.CUT_AFTER),
            ("body cut in the middle", FaultKind.TRUNCATE),
            ("garbage body", FaultKind.GARBAGE),
        ],
    )
    def test_a_kind_may_be_written_in_words(self, written, kind):
        (armed,) = parse_faults({"rules": [{"kind": written, "seconds": 1}]}).armed
        assert armed.rule.kind is kind

    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ([], "write an object"),
            ({"delay": 1}, "'delay' is not one of latency, rules"),
            ({"latency": "1"}, "latency: must be a number of seconds"),
            ({"latency": True}, "latency: must be a number of seconds"),
            ({"latency": -1}, "latency: must be a number of seconds"),
            ({"rules": {}}, "rules: must be a list"),
            ({"rules": ["cut"]}, r"rules\[0\]: must be an object"),
            (
                {"rules": [{"kind": "flood"}]},
                r"rules\[0\].kind: 'flood' is not one of error_before",
            ),
            ({"rules": [{}]}, r"rules\[0\].kind: None is not one of"),
            ({"rules": [{"kind": "garbage", "n": 1}]}, r"rules\[0\]: 'n' is not one of kind"),
            ({"rules": [{"kind": "garbage", "function": 1}]}, "function: must be a text"),
            ({"rules": [{"kind": "garbage", "nth": 0}]}, "nth: must be a whole number from 1"),
            ({"rules": [{"kind": "garbage", "nth": True}]}, "nth: must be a whole number"),
            ({"rules": [{"kind": "garbage", "share": 2}]}, "share: must be a number from 0 to 1"),
            ({"rules": [{"kind": "garbage", "share": "1"}]}, "share: must be a number"),
            ({"rules": [{"kind": "garbage", "nth": 1, "share": 1}]}, "nth or share, not both"),
            ({"rules": [{"kind": "garbage", "seed": "x"}]}, "seed: must be a whole number"),
            ({"rules": [{"kind": "garbage", "status": 404}]}, "status: must be 200 or 502"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_the_reason(self, document, reason):
        with pytest.raises(FaultsError, match=reason):
            parse_faults(document)


class TestOnTheWire:
    @pytest.mark.parametrize(("kind", "worked"), [("error_before", False), ("error_after", True)])
    def test_an_error_500_before_or_after_the_work(self, simulator, kind, worked):
        simulator.faults({"rules": [{"kind": kind}]})
        assert (post(simulator).status_code, exists(simulator)) == (500, worked)

    @pytest.mark.parametrize(("kind", "worked"), [("cut_before", False), ("cut_after", True)])
    def test_a_connection_cut_before_or_after_the_work(self, simulator, kind, worked):
        simulator.faults({"rules": [{"kind": kind}]})
        with pytest.raises(httpx.TransportError):
            post(simulator)
        assert exists(simulator) is worked

    def test_a_connection_over_get_is_cut_too(self, simulator):
        simulator.faults({"rules": [{"kind": "cut_after"}]})
        with pytest.raises(httpx.TransportError):
            httpx.get(
                simulator.endpoint, params={"function": "version"}, trust_env=False, verify=False
            )
        assert simulator.calls() == {"version": 1}

    def test_a_body_that_ends_in_its_middle(self, simulator):
        whole = post(simulator, "7275553339").text
        simulator.faults({"rules": [{"kind": "truncate"}]})
        received = []
        copy = {**COPY, "new_dids": "7275553338"}
        with (
            httpx.Client(trust_env=False, verify=False) as client,
            client.stream("POST", simulator.endpoint, data=copy) as reply,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            received.extend(reply.iter_raw())
        assert reply.headers["content-length"] == str(len(whole))
        assert (
            b"".join(received)
            == b"NOTICE: copy_did DID HAS BEEN ADDED - 6666|7275553338|7275551114|"
        )
        assert exists(simulator)

    @pytest.mark.parametrize("status", [200, 502])
    def test_the_page_of_a_proxy_after_the_work(self, simulator, status):
        simulator.faults({"rules": [{"kind": "garbage", "status": status}]})
        reply = post(simulator)
        assert (reply.status_code, "Bad Gateway" in reply.text) == (status, True)
        assert exists(simulator)

    def test_a_delay_ends_in_the_true_reply(self, simulator):
        simulator.faults({"rules": [{"kind": "delay", "seconds": 0.05}]})
        begun = time.monotonic()
        assert "DID HAS BEEN ADDED" in post(simulator).text
        assert time.monotonic() - begun >= 0.05

    def test_latency_holds_up_each_request_but_none_behind_it(self, simulator):
        simulator.faults({"latency": 0.3})

        async def twenty():
            async with httpx.AsyncClient(trust_env=False) as client:
                return await asyncio.gather(
                    *(
                        client.post(simulator.endpoint, data={"function": "version"})
                        for _ in range(20)
                    )
                )

        begun = time.monotonic()
        replies = asyncio.run(twenty())
        assert {reply.status_code for reply in replies} == {200}
        assert 0.3 <= time.monotonic() - begun < 20 * 0.3

    def test_the_admin_page_can_be_befallen_too(self, simulator):
        simulator.faults({"rules": [{"kind": "error_before", "function": "settings_compare"}]})
        url = f"{simulator.url}/vicidial/settings_compare.php"
        assert httpx.get(url, trust_env=False, verify=False).status_code == 500
        assert post(simulator).status_code == 200

    def test_nothing_asked_for_clears_all(self, simulator):
        simulator.faults({"rules": [{"kind": "error_before"}]})
        simulator.faults({})
        assert post(simulator).status_code == 200

    def test_faults_that_make_no_sense_answer_400_and_leave_the_others_in_force(self, simulator):
        simulator.faults({"rules": [{"kind": "error_before"}]})
        with pytest.raises(ValueError, match="'flood' is not one of"):
            simulator.faults({"rules": [{"kind": "flood"}]})
        broken = httpx.post(
            f"{simulator.url}/_simulator/faults", content=b"{", trust_env=False, verify=False
        )
        assert broken.status_code == 400
        assert broken.json()["error"].startswith("not JSON: ")
        assert post(simulator).status_code == 500

    def test_a_server_that_hands_over_no_connection_raises_instead(self):
        async def cut():
            app = Simulator(Vicidial(default_fixture(), table)).app
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://simulator"
            ) as client:
                await client.post("/_simulator/faults", json={"rules": [{"kind": "cut_before"}]})
                await client.post(API, data=COPY)

        table = Table()
        with pytest.raises(ConnectionAbortedError):
            asyncio.run(cut())
        table.close()

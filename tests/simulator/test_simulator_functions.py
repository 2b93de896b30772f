"""What the API does where no recording stands beside it: documented, or inferred with care."""

import json
from pathlib import Path

import pytest

from reconciler.simulator import Table, Vicidial, parse_fixture

FIXTURE = json.loads((Path(__file__).parents[1] / "recordings" / "fixture.json").read_text())
TEMPLATE = "7275551114"


class Server:
    """One user at one server."""

    def __init__(self, vicidial, user="6666", password="1234"):
        self.vicidial = vicidial
        self.login = {"user": user, "pass": password, "source": "test"}

    def as_user(self, user, password):
        return Server(self.vicidial, user, password)

    def call(self, function, **params):
        return self.vicidial.api({**self.login, "function": function, **params})

    def copy(self, new_dids, source=TEMPLATE, **params):
        return self.call("copy_did", source_did_pattern=source, new_dids=new_dids, **params)

    def update(self, pattern=TEMPLATE, **params):
        return self.call("update_did", did_pattern=pattern, **params).body

    def row(self, pattern):
        return self.vicidial.table.find(pattern)


@pytest.fixture
def server():
    table = Table()
    yield Server(Vicidial(parse_fixture(FIXTURE, "fixture.json"), table))
    table.close()


class TestCopying:
    def test_sixty_columns_come_along_but_not_the_three(self, server):
        server.copy("7275553338")
        source, copy = server.row(TEMPLATE), server.row("7275553338")
        assert {name for name in source if source[name] != copy[name]} == {
            "did_id",
            "did_pattern",
            "inbound_route_answer",
            "pre_filter_recent_call",
        }

    def test_a_pattern_that_is_too_long_is_cut_and_reported_under_its_long_name(self, server):
        body = server.copy("8" * 60).body
        assert body.startswith(
            f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{'8' * 60}|{TEMPLATE}|6|1\n"
        )
        assert server.row("8" * 50)["did_pattern"] == "8" * 50

    def test_one_that_exists_once_it_is_cut_inserts_nothing(self, server):
        server.copy("8" * 60)
        assert server.copy("8" * 61).body == (
            f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|{'8' * 61}|{TEMPLATE}|0|0\n"
            f"ERROR: copy_did NO DIDS ADDED - 6666|{TEMPLATE}|0|0\n"
        )
        assert server.copy("7275553338").body.startswith(
            f"NOTICE: copy_did DID HAS BEEN ADDED - 6666|7275553338|{TEMPLATE}|7|1\n"
        )

    def test_a_copy_onto_itself_exists_already(self, server):
        assert server.copy(TEMPLATE).body == (
            f"NOTICE: copy_did DID ALREADY EXISTS - 6666|{TEMPLATE}\n"
            f"ERROR: copy_did NO DIDS ADDED - 6666|{TEMPLATE}|0|1\n"
        )

    def test_case_makes_no_other_number_and_spelling_is_kept(self, server):
        assert server.copy("Main_Line,MAIN_LINE", source="DEFAULT").body == (
            "NOTICE: copy_did DID HAS BEEN ADDED - 6666|Main_Line|DEFAULT|6|1\n"
            "NOTICE: copy_did DID ALREADY EXISTS - 6666|MAIN_LINE\n"
            "SUCCESS: copy_did DIDS HAVE BEEN ADDED - 6666|DEFAULT|1|1\n"
        )
        assert server.row("main_line")["did_pattern"] == "Main_Line"

    def test_a_refused_description_stops_the_list_at_the_first_new_number(self, server):
        body = server.copy(f"{TEMPLATE},7275553338,default", did_description="short").body
        assert body == (
            f"NOTICE: copy_did DID ALREADY EXISTS - 6666|{TEMPLATE}\n"
            "ERROR: copy_did DID DESCRIPTION MUST BE EITHER BLANK OR FROM 6 TO 50 CHARACTERS, "
            "THIS IS AN OPTIONAL FIELD: |6666|short\n"
        )

    def test_a_description_of_which_nothing_is_left_is_blank(self, server):
        assert server.copy("7275553338", did_description="((()))").status == 200
        assert server.row("7275553338")["did_description"] == "Sales template"

    def test_the_right_to_copy_can_be_proven_without_copying(self, server):
        allowed = server.copy("0", source="0").body
        refused = server.as_user("8010", "nomod").copy("0", source="0").body
        assert allowed == "ERROR: copy_did YOU MUST USE ALL REQUIRED FIELDS: |6666|0|0\n"
        assert refused == "ERROR: copy_did USER DOES NOT HAVE PERMISSION TO ADD DIDS: |8010|0\n"

    def test_a_number_out_of_sight_exists_for_copying_only(self, server):
        team = server.as_user("8014", "teamb")
        assert "ALREADY EXISTS - 8014|7275559100" in team.copy("7275559100", "7275559000").body
        assert team.update("7275559100") == (
            "ERROR: update_did DID DOES NOT EXIST: |8014|7275559100\n"
        )

    def test_what_is_for_all_groups_is_in_sight_of_each(self, server):
        assert (
            server.as_user("8014", "teamb")
            .copy("7275553338")
            .body.startswith(
                f"NOTICE: copy_did DID HAS BEEN ADDED - 8014|7275553338|{TEMPLATE}|6|1\n"
            )
        )

    def test_a_user_without_a_group_sees_only_what_is_for_all(self, server):
        lost = {**FIXTURE["users"][0], "user_group": "NOWHERE"}
        table = Table()
        vicidial = Vicidial(parse_fixture({**FIXTURE, "users": [lost]}, "f"), table)
        body = Server(vicidial).copy("7275553338", source="7275559000").body
        table.close()
        assert body == "ERROR: copy_did SOURCE DID DOES NOT EXIST: |6666|7275559000\n"


class TestUpdating:
    def test_of_several_bad_fields_the_first_of_the_list_is_refused(self, server):
        body = server.update(phone_code="1" * 11, group="NOPE", active="X", record_call="N")
        assert (
            body == "ERROR: update_did ACTIVE MUST BE Y OR N, THIS IS AN OPTIONAL FIELD: |6666|X\n"
        )
        assert server.row(TEMPLATE)["record_call"] == "Y"

    def test_a_pattern_in_another_case_is_found_and_echoed_as_sent(self, server):
        assert server.update("DeFault", active="N") == (
            "SUCCESS: update_did DID HAS BEEN UPDATED - 6666|DeFault\n"
        )
        assert server.row("default")["did_pattern"] == "default"

    def test_a_group_or_menu_in_another_case_is_stored_as_sent(self, server):
        server.update(group="salesline", menu_id="main_ivr")
        row = server.row(TEMPLATE)
        assert (row["group_id"], row["menu_id"]) == ("salesline", "main_ivr")

    @pytest.mark.parametrize("pattern", ["7", "7" * 51, "-"])
    def test_a_pattern_has_2_to_50_characters_once_it_is_stripped(self, server, pattern):
        echoed = "" if pattern == "-" else pattern
        assert server.update(pattern) == (
            f"ERROR: update_did YOU MUST USE ALL REQUIRED FIELDS: |6666|{echoed}\n"
        )

    @pytest.mark.parametrize(
        ("params", "column", "value"),
        [
            ({"list_id": "abc"}, "list_id", 0),
            ({"list_id": "12ab"}, "list_id", 12),
            ({"entry_list_id": "0012x"}, "entry_list_id", 12),
            ({"agent_search_method": "SO"}, "agent_search_method", "SO"),
            ({"agent_search_method": "so"}, "agent_search_method", "SO"),
            ({"agent_search_method": "XX"}, "agent_search_method", ""),
            ({"did_route": "AGENT"}, "did_route", "AGENT"),
            ({"active": "no, N"}, "did_active", "N"),
            ({"phone_code": "+44"}, "phone_code", "44"),
            ({"did_description": "Müller büro"}, "did_description", "Mller bro"),
        ],
    )
    def test_what_is_stored_of_a_value(self, server, params, column, value):
        assert server.update(**params).startswith("SUCCESS")
        assert server.row(TEMPLATE)[column] == value

    @pytest.mark.parametrize(
        "params", [{"active": "n"}, {"phone_code": "abc"}, {"did_description": "'''"}]
    )
    def test_what_is_stripped_to_nothing_is_ignored(self, server, params):
        assert server.update(**params) == "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"

    def test_a_route_has_its_case(self, server):
        assert server.update(did_route=" in_group") == (
            "ERROR: update_did DID ROUTE IS NOT VALID, THIS IS AN OPTIONAL FIELD: |6666|in_group\n"
        )

    def test_deletion_wins_over_any_other_field(self, server):
        assert server.update(delete_did="Y", group="NOPE") == (
            f"SUCCESS: update_did DID HAS BEEN DELETED - 6666|{TEMPLATE}|2\n"
        )
        assert server.row(TEMPLATE) is None

    def test_a_small_y_deletes_nothing(self, server):
        assert server.update(delete_did="y") == "NOTICE: update_did NO UPDATES DEFINED: |6666|\n"

    def test_a_missing_number_is_told_before_the_missing_right_to_delete(self, server):
        body = server.as_user("8008", "nodelete").update("7000000000", delete_did="Y")
        assert body == "ERROR: update_did DID DOES NOT EXIST: |8008|7000000000\n"

    def test_the_id_of_a_deleted_number_is_not_given_again(self, server):
        server.copy("7275553338")
        server.update("7275553338", delete_did="Y")
        assert "|7275553338|7275551114|7|1\n" in server.copy("7275553338").body

    def test_not_even_the_systems_own_numbers_are_safe(self, server):
        assert server.update("default", delete_did="Y") == (
            "SUCCESS: update_did DID HAS BEEN DELETED - 6666|default|1\n"
        )


class TestReading:
    def test_voicemail_boxes_are_a_list_of_none(self, server):
        body = server.call("vm_list", comments="box").body
        assert "Voicemail Boxes" in body
        assert "choose_file(" not in body

    def test_the_name_of_the_field_loses_quotes_and_semicolons_only(self, server):
        body = server.call("callmenu_list", comments='a";<b>').body
        assert "choose_file('MAIN_IVR','a<b>')" in body

    def test_calls_are_for_those_who_may_view_reports(self, server):
        body = server.as_user("8008", "nodelete").call("did_log_export").body
        assert body == (
            "ERROR: did_log_export USER DOES NOT HAVE PERMISSION TO GET DID INFO: |8008|0|\n"
        )

    def test_calls_can_be_separated_by_tabs(self, server):
        body = server.call(
            "did_log_export", phone_number="727-555-1114", date="2026-11-20", stage="tab"
        ).body
        assert body.splitlines()[0] == "7275551114\t8135550000\t2026-11-20 10:00:00\t0"

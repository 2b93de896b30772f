"""One block at a time: its shape, its numbers, its routing, and the words for what is wrong."""

import pytest

from reconciler.routing import FIELDS
from reconciler.specs.values import field_fault

HEAD = "name: a\nnumbers: [7275553300-7275553399]\n"


def test_a_block_with_a_name_and_numbers_is_enough(folder):
    assert folder.block(HEAD) == []
    (block,) = folder.read().blocks
    assert block.name == "a"
    assert str(block.where) == "did_specs/tampa/block.yaml:3:5"


class TestShape:
    @pytest.mark.parametrize(
        ("text", "faults"),
        [
            (
                "numbers: [7275553300]",
                [
                    ("3:5: the key name is missing: "
                    "What the block is called in plans; once in a target.")
                ],
            ),
            (
                "name: a",
                [
                    ("3:5: the key numbers is missing: "
                    "The numbers of the block; each in one block only.")
                ],
            ),
            (HEAD + "colour: red", [
                ("5:5: unknown key 'colour': remove it, or use one of name, source, numbers, "
                "exclude, routing, overrides, adopt, removal")
            ]),
            (HEAD + "adpot: true", ["5:5: unknown key 'adpot': did you mean adopt?"]),
            (HEAD + "group: SALES", ["5:5: the key group belongs under routing: move it there"]),
            (HEAD + "adopt: yes", ["5:12: adopt must be true or false, not 'yes'"]),
            (HEAD + "adopt: [true]", ["5:12: adopt must be true or false, not a list"]),
            (HEAD + "adopt:", [
                "5:11: adopt has no value: write true or false, or leave the key out"
            ]),
            (HEAD + "routing: none", [
                "5:14: routing must be a mapping (key: value), not 'none'"
            ]),
            (HEAD + "routing: [did_route]", [
                "5:14: routing must be a mapping (key: value), not a list"
            ]),
            (HEAD + "source: {a: b}", ["5:13: source must be a text, not a mapping"]),
            ("name: [a]\nnumbers: [7275553300]", ["3:11: name must be a text, not a list"]),
            ("name:\nnumbers: [7275553300]", [
                "3:10: the value is empty: write one, or leave the key out"
            ]),
            ("name: ''\nnumbers: [7275553300]", [
                "3:11: the value is empty: write one, or leave the key out"
            ]),
            ("name: ' a'\nnumbers: [7275553300]", [
                "3:11: the name ' a' begins or ends with a space: remove it"
            ]),
            (f"name: {'a' * 201}\nnumbers: [7275553300]", [
                "3:11: the name has 201 characters: shorten it to 200"
            ]),
            ("name: a\nnumbers: 7275553300", [
                "4:14: numbers must be a list ([…], or lines that begin with -), not '7275553300'"
            ]),
            (HEAD + "overrides: [7275553300]", [
                "5:17: overrides must be a mapping (key: value), not '7275553300'"
            ]),
            (HEAD + "overrides: {numbers: [7275553300]}", [
                "5:16: overrides must be a list ([…], or lines that begin with -), not a mapping"
            ]),
            (HEAD + "overrides: [{numbers: [7275553300]}]", [
                "5:17: the key routing is missing: The fields that differ from the block's."
            ]),
            (HEAD + "overrides: [{numbers: [7275553300], routing: {}}]", [
                "5:41: the override changes no field: write a field, or remove the override"
            ]),
            (HEAD + "overrides: [{numbers: [], routing: {active: Y}}]", [
                "5:18: the list of numbers is empty: add numbers, or remove the block or override"
            ]),
        ],
    )  # fmt: skip
    def test_every_fault_is_told_once_in_plain_words(self, folder, text, faults):
        assert folder.block(text) == faults

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("- a", "1:1: the file must be a mapping (key: value), not a list"),
            ("a text", "1:1: the file must be a mapping (key: value), not 'a text'"),
            ("blocks: []", "1:1: the key version is missing: The version of this format: 1."),
            ("version: 1", "1:1: the key blocks is missing: The blocks of this file."),
            ("version: 2\nblocks: []", "1:10: version must be 1, the only one so far"),
            ("version: [1]\nblocks: []", "1:10: version must be 1, the only one so far"),
            (
                "version: *x\nblocks: []",
                '1:10: no anchor &x stands before the alias *x: if it is text, quote it: "*x"',
            ),
            (
                "version: 1\nblocks: [a]",
                "2:10: blocks must be a mapping (key: value), not 'a'",
            ),
            (
                "version: 1\nblocks:",
                (
                    "2:8: blocks has no value: write a list ([…], or lines that begin with -), "
                    "or leave the key out"
                ),
            ),
        ],
    )
    def test_a_file_is_a_mapping_with_version_and_blocks(self, folder, text, fault):
        folder.write("a.yaml", text)
        assert folder.faults() == [f"a.yaml:{fault}"]

    def test_a_file_without_blocks_declares_nothing(self, folder):
        folder.write("a.yaml", "version: '1'\nblocks: []\n")
        assert folder.read().desired.count == 0

    def test_a_misspelt_key_is_read_as_what_was_meant_so_that_nothing_else_is_missing(self, folder):
        assert folder.block(
            """
            nmae: a
            Numbers: [7275553300, 727/5553301]
            source_did_pattern: 7275551114
            Routing: {didroute: IN_GROUP, group-id: SALES LINE}
            """
        ) == [
            "3:5: unknown key 'nmae': did you mean name?",
            "4:5: unknown key 'Numbers': did you mean numbers?",
            (
                "4:27: '727/5553301' holds '/', which the server would drop: a number has letters, "
                "digits and : + * # . _ only: write 7275553301"
            ),
            "5:5: unknown key 'source_did_pattern': did you mean source?",
            "6:5: unknown key 'Routing': did you mean routing?",
            "6:15: unknown key 'didroute': did you mean did_route?",
            "6:35: unknown key 'group-id': did you mean group?",
            (
                "6:45: group holds ' ', which the server would drop: "
                "'SALES LINE' would become 'SALESLINE'"
            ),
        ]

    def test_a_misspelt_key_does_not_take_the_place_of_one_that_is_there(self, folder):
        assert folder.block(HEAD + "number: {a: b}\n") == [
            "5:5: unknown key 'number': did you mean numbers?"
        ]

    def test_a_block_given_in_a_second_list_is_read_too(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks: [{name: a, numbers: [7275553300], routing: {active: y}}]
            blocks: [{name: b, numbers: [7275553300], routing: {active: z}}]
            """,
        )
        assert folder.faults() == [
            "a.yaml:2:61: active must be one of Y, N, not 'y': did you mean Y?",
            "a.yaml:3:1: 'blocks' is given twice: first at did_specs/tampa/a.yaml:2:1: keep one",
            (
                "a.yaml:3:30: 7275553300 is also in block 'a' at did_specs/tampa/a.yaml:2:30: "
                "leave it in one block only"
            ),
            "a.yaml:3:61: active must be one of Y, N, not 'z'",
        ]

    @pytest.mark.parametrize(
        ("written", "adopts"), [("true", True), ("True", True), ("false", False)]
    )
    def test_adopting_is_true_or_false(self, folder, written, adopts):
        assert folder.block(f"{HEAD}adopt: {written}") == []
        assert folder.read().blocks[0].adopt is adopts


class TestNumbers:
    @pytest.mark.parametrize(
        ("item", "fault"),
        [
            ("7275553399-7275553300", "runs backwards: write 7275553300-7275553399"),
            ("7275553300-727555399", "both ends must have the same length"),
            ("7275553300-399", "write both ends in full: 7275553300-7275553399"),
            ("7270000000-7279999999", "has 10,000,000 numbers: a range has at most 1,000,000"),
            ("7", "is shorter than 2 characters"),
            ("9" * 51, "has 51 characters: the server would cut it to 50"),
            ("(727) 5553300", "which the server would drop: a number has letters"),
            ("7275553300—7275553310", "is not how a range is written: write 7275553300-7275553310"),
            (
                "7275553300 to 7275553310",
                "is not how a range is written: write 7275553300-7275553310",
            ),
            ("727-555-3300", "with dashes: write 7275553300"),
            ("''", "the item is empty: write a number or FIRST-LAST, or remove it"),
            ("~", "the item is empty: write a number or FIRST-LAST, or remove it"),
            ("[7275553300]", "must be a text, not a list"),
            ("{7275553300: x}", "nothing can stand beside a number in numbers"),
        ],
    )
    def test_what_the_server_would_not_store_as_written_is_one_fault(self, folder, item, fault):
        (found,) = folder.block(f"name: a\nnumbers:\n  - {item}\n  - 7275554444")
        assert found.startswith("5:9: ")
        assert fault in found

    def test_numbers_keep_what_yaml_would_lose(self, folder):
        folder.block("name: a\nnumbers: [+17275551212, 0123, 0x1F, 1_0]")
        assert [span.text for span in folder.read().desired.spans] == [
            "0123", "+17275551212", "0x1F", "1_0",
        ]  # fmt: skip

    def test_an_empty_block_is_a_fault(self, folder):
        assert folder.block("name: a\nnumbers: []") == [
            "4:5: the list of numbers is empty: add numbers, or remove the block or override"
        ]

    def test_a_block_that_excludes_all_its_numbers_is_a_fault(self, folder):
        assert folder.block("name: a\nnumbers: [7275553300]\nexclude: [7275553300]") == [
            "5:5: every number of the block is excluded: remove the block, or exclude less"
        ]

    def test_a_number_listed_twice_names_the_first_place(self, folder):
        assert folder.block(
            """
            name: a
            numbers:
              - 7275553350
              - 7275553300-7275553399
              - 7275553390-7275553410
            """
        ) == [
            "6:9: 7275553350 is listed twice: first at did_specs/tampa/block.yaml:5:9",
            (
                "7:9: 7275553390–7275553399 (10) is listed twice: first at "
                "did_specs/tampa/block.yaml:6:9"
            ),
        ]

    def test_numbers_that_differ_in_case_only_are_one(self, folder):
        assert folder.block("name: a\nnumbers: [MAIN_LINE, main_line]") == [
            (
                "4:26: main_line is listed twice: first at did_specs/tampa/block.yaml:4:15; "
                "MAIN_LINE and main_line differ in case only, and VICIdial keeps one row for both"
            )
        ]

    @pytest.mark.parametrize("pattern", ["default", "Did_System_Filter"])
    def test_the_numbers_of_the_system_itself_are_left_alone(self, folder, pattern):
        assert folder.block(f"name: a\nnumbers: [{pattern}, 7275553300]") == [
            f"4:15: {pattern.lower()} is part of VICIdial itself: remove it"
        ]


class TestExcludeAndOverrides:
    def test_what_is_not_in_the_block_cannot_be_excluded_or_overridden(self, folder):
        assert folder.block(
            HEAD
            + """\
exclude: [7275553390-7275553410, 7275553312]
overrides:
  - numbers: [7275553200-7275553299, 7275553310]
    routing: {active: Y}
"""
        ) == [
            (
                "5:15: 7275553400–7275553410 (11) is excluded but not among the block's numbers: "
                "remove it, or add it to numbers"
            ),
            (
                "7:19: 7275553200–7275553299 (100) is overridden but not among the block's "
                "numbers: remove it, or add it to numbers"
            ),
        ]

    def test_a_range_that_sticks_out_on_both_sides_is_one_fault(self, folder):
        assert folder.block(HEAD + "exclude: [7275553200-7275553499]") == [
            "5:5: every number of the block is excluded: remove the block, or exclude less",
            (
                "5:15: 7275553200–7275553299 (100) is excluded but not among the block's numbers: "
                "remove it, or add it to numbers"
            ),
        ]

    def test_excluded_and_overridden_must_not_meet(self, folder):
        assert folder.block(
            HEAD
            + """\
exclude: [7275553310-7275553319]
overrides: [{numbers: [7275553300-7275553312, 7275553320], routing: {active: Y}}]
"""
        ) == [
            (
                "6:28: 7275553310–7275553312 (3) is overridden here and excluded at "
                "did_specs/tampa/block.yaml:5:15: remove it from one of the two"
            )
        ]

    def test_two_overrides_share_no_number(self, folder):
        assert folder.block(
            HEAD
            + """\
overrides:
  - {numbers: [7275553310-7275553319], routing: {active: Y}}
  - {numbers: [7275553300-7275553312], routing: {record_call: Y}}
"""
        ) == [
            (
                "7:20: 7275553310–7275553312 (3) is overridden twice: first at "
                "did_specs/tampa/block.yaml:6:20"
            )
        ]

    @pytest.mark.parametrize(
        "item",
        [
            "7275553399-7275553300",
            "7275553300-727555339",
            "(727) 555-3300",
            "7275553300—7275553399",
            "727-555-3300",
        ],
    )
    def test_a_faulty_range_lets_no_number_it_may_have_meant_stand_outside(self, folder, item):
        (fault,) = folder.block(f"name: a\nnumbers: [{item}]\nexclude: [7275553300]")
        assert fault.startswith("4:15: ")

    def test_a_faulty_range_hides_no_number_that_stands_far_outside(self, folder):
        faults = folder.block(
            "name: a\nnumbers: [7275553399-7275553300]\nexclude: [7275553300, 8135550000]"
        )
        assert faults[1:] == [
            (
                "5:27: 8135550000 is excluded but not among the block's numbers: "
                "remove it, or add it to numbers"
            )
        ]

    def test_where_nothing_can_be_guessed_nothing_is_called_outside(self, folder):
        faults = folder.block("name: a\nnumbers: ['?']\nexclude: [8135550000]")
        assert len(faults) == 1

    def test_overrides_lie_over_the_block_and_every_field_keeps_its_line(self, folder):
        folder.block(
            """
            name: a
            numbers: [7275553300-7275553302]
            exclude: [7275553300]
            routing: {did_route: IN_GROUP, group: SALESLINE}
            overrides:
              - numbers: [7275553302]
                routing: {did_route: CALLMENU, menu_id: MAIN_IVR}
            """
        )
        plain, over = folder.read().desired
        assert plain[0].text == "7275553301"
        assert dict(plain[1].routing) == {"did_route": "IN_GROUP", "group": "SALESLINE"}
        assert over[0].text == "7275553302"
        assert dict(over[1].routing) == {
            "did_route": "CALLMENU",
            "group": "SALESLINE",
            "menu_id": "MAIN_IVR",
        }
        origin = over[1].origin
        assert str(origin.numbers.place("7275553302")) == "did_specs/tampa/block.yaml:4:15"
        assert str(origin.source) == "did_specs/tampa/target.yaml:4:20"
        assert [(name, at.line) for name, at in origin.fields] == [
            ("did_route", 9),
            ("group", 6),
            ("menu_id", 9),
        ]


class TestRouting:
    @pytest.mark.parametrize(
        ("field", "fault"),
        [
            ("did_description: Sales", "must have 6 to 50 characters; 'Sales' has 5"),
            ("did_description: Tampa & sales", "holds '&', which the server would drop"),
            ("did_description: Vertrieb für Köln", "holds 'ö' 'ü', which the server would drop"),
            ("active: n", "must be one of Y, N, not 'n': did you mean N?"),
            ("active: true", "must be one of Y, N, not 'true': did you mean Y?"),
            ("active: off", "did you mean N?"),
            ("did_route: in_group", "did you mean IN_GROUP?"),
            ("did_route: CALL MENU", "did you mean CALLMENU?"),
            ("did_route: CALLMENUE", "did you mean CALLMENU?"),
            ("did_route: AGENT", "cannot be AGENT: the API does not set the agent"),
            ("record_call: MAYBE", "must be one of Y, N, Y_QUEUESTOP, not 'MAYBE'"),
            ("extension: 83.00", "holds '.', which the server would drop"),
            ("exten_context: from trunk", "holds ' ', which the server would drop"),
            ("voicemail_ext: 83000000000", "must have 1 to 10 characters"),
            ("phone_extension: SIP/101", "holds '/', which the server would drop"),
            ("server_ip: 10.0.0.1/24", "holds '/', which the server would drop"),
            ("group: SALES.LINE", "holds '.', which the server would drop"),
            ("menu_id: MAIN IVR", "holds ' ', which the server would drop"),
            ("filter_clean_cid_number: R10R10R10R10R10R10R10", "must have 1 to 20 characters"),
            ("call_handle_method: CL", "must have 3 to 20 characters"),
            ("agent_search_method: XX", "must be one of LB, LO, SO, not 'XX'"),
            ("list_id: abc", "is a number; the server would store 'abc' as 0"),
            ("list_id: 0998", "is a number; the server would store '0998' as 998"),
            ("entry_list_id: 1a", "holds 'a', which the server would drop"),
            ("campaign_id: TESTCAMP9", "must have 1 to 8 characters"),
            ("phone_code: +1", "holds '+', which the server would drop"),
            ("group:", "is empty: the server ignores empty values, so no field can be cleared"),
            ("group: ''", "is empty: the server ignores empty values, so no field can be cleared"),
            ("group: null", "is empty: the server ignores empty values"),
        ],
    )  # fmt: skip
    def test_a_value_that_would_not_be_stored_as_written_is_one_fault_at_the_value(
        self, folder, field, fault
    ):
        name, _, _ = field.partition(":")
        (found,) = folder.block(f"{HEAD}routing:\n  {field}")
        column = 7 + len(field) if field.endswith(":") else 9 + len(name)
        assert found.startswith(f"6:{column}: {name} ")
        assert fault in found

    def test_every_example_of_the_table_is_sound(self):
        for field in FIELDS:
            assert [field_fault(field, example) for example in field.examples] == [None] * len(
                field.examples
            )

    @pytest.mark.parametrize(
        ("field", "fault"),
        [
            ("did_active: Y", "unknown key 'did_active': did you mean active?"),
            ("phone: 101", "unknown key 'phone': did you mean phone_extension?"),
            (
                "description: Tampa sales",
                "unknown key 'description': did you mean did_description?",
            ),
            ("user: 1001", "user cannot be set over the API: it comes along from the source"),
            ("custom_one: x", "custom_one cannot be set over the API"),
            ("filter_inbound_number: GROUP", "filter_inbound_number cannot be set over the API"),
            ("colour: red", "unknown key 'colour': remove it, or use one of did_route, group,"),
            ("group: [a]", "group must be a text, not a list"),
        ],
    )
    def test_a_field_that_is_none_says_what_to_do(self, folder, field, fault):
        (found,) = folder.block(f"{HEAD}routing:\n  {field}")
        assert found.startswith("6:")
        assert fault in found

    @pytest.mark.parametrize(
        ("route", "field"),
        [
            ("IN_GROUP", "group"),
            ("CALLMENU", "menu_id"),
            ("VOICEMAIL", "voicemail_ext"),
            ("VMAIL_NO_INST", "voicemail_ext"),
            ("EXTEN", "extension"),
            ("PHONE", "phone_extension"),
        ],
    )
    def test_a_route_without_its_destination_is_a_warning(self, folder, route, field):
        assert folder.block(f"{HEAD}routing: {{did_route: {route}}}") == [
            (
                f"5:15: warning: did_route {route} without {field}: callers go wherever the "
                f"{field} that came with the source leads: declare {field}, unless that is meant"
            )
        ]
        assert folder.read().desired.count == 100

    def test_an_override_may_rely_on_the_destination_of_its_block(self, folder):
        assert (
            folder.block(
                HEAD
                + """\
routing: {group: SALESLINE}
overrides: [{numbers: [7275553300], routing: {did_route: IN_GROUP}}]
"""
            )
            == []
        )

    def test_an_override_with_a_route_of_its_own_needs_its_destination(self, folder):
        (warning,) = folder.block(
            HEAD
            + """\
routing: {did_route: IN_GROUP, group: SALESLINE}
overrides: [{numbers: [7275553300], routing: {did_route: CALLMENU}}]
"""
        )
        assert warning.startswith("6:51: warning: did_route CALLMENU without menu_id")

    @pytest.mark.parametrize(
        "routing",
        [
            "routing: {did_route: IN_GROUP, group: SALES LINE}",
            "routing: {did_route: IN_GROUP, grup: SALESLINE}",
            "routing: {did_route: IN_GROUP, group: [SALESLINE]}",
            "routing: {did_route: IN_GROUP}\ngroup: SALESLINE",
        ],
    )
    def test_a_destination_that_is_faulty_or_misplaced_is_not_missing_too(self, folder, routing):
        assert len(folder.block(HEAD + routing)) == 1

    def test_a_route_that_is_faulty_wants_no_destination(self, folder):
        assert len(folder.block(HEAD + "routing: {did_route: IN_GRUP}")) == 1

    def test_an_inactive_number_is_pointed_out(self, folder):
        assert folder.block(HEAD + "routing: {active: N}") == [
            "5:23: warning: an inactive number is not silent: its callers reach the DID default"
        ]

    def test_of_a_field_given_twice_both_values_are_checked_and_the_first_counts(self, folder):
        assert folder.block(HEAD + "routing: {active: Y, active: n, active: N}") == [
            "5:26: 'active' is given twice: first at did_specs/tampa/block.yaml:5:15: keep one",
            "5:34: active must be one of Y, N, not 'n': did you mean N?",
            "5:37: 'active' is given twice: first at did_specs/tampa/block.yaml:5:15: keep one",
        ]

    def test_a_fault_behind_an_anchor_is_told_once(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: a, numbers: [7275553300], routing: &r {active: n, did_route: EXTEN}}
              - {name: b, numbers: [7275553301], routing: *r}
            """,
        )
        assert folder.places() == ["a.yaml:3:59", "a.yaml:3:62"]


class TestRemoval:
    @pytest.mark.parametrize(
        ("removal", "fault"),
        [
            ("{action: prak}", "14: action must be one of keep, park, delete, not 'prak'"),
            ("{action: park}", "23: park needs routing: write where the parked numbers are sent"),
            ("{action: park, routing: {}}", "23: park needs routing"),
            ("{action: keep, routing: {active: Y}}", "29: routing is for the action park only"),
            ("{action: delete, routing: {active: Y}}", "31: routing is for the action park only"),
            ("{routing: {active: y}}", "14: the key action is missing"),
            ("keep", "14: removal must be a mapping (key: value), not 'keep'"),
            ("{action: park, routing: none}", "38: routing must be a mapping"),
        ],
    )  # fmt: skip
    def test_a_removal_that_cannot_be(self, folder, removal, fault):
        found = folder.block(f"{HEAD}removal: {removal}")
        words = fault.partition(": ")[2]
        assert sum(words in each for each in found) == 1
        assert len(found) == 1 + ("y}" in removal)

    def test_park_says_where_to(self, folder):
        from reconciler.removal import ParkPolicy

        assert (
            folder.block(
                HEAD + "removal: {action: park, routing: {did_route: IN_GROUP, group: BILLING}}"
            )
            == []
        )
        removal = folder.read().blocks[0].removal
        assert isinstance(removal, ParkPolicy)
        assert dict(removal.routing) == {"did_route": "IN_GROUP", "group": "BILLING"}

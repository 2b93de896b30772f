"""A key that is known elsewhere, or under another name, leads to where it belongs."""

import pytest

HEAD = "name: a\nnumbers: [7275553300]\n"


def wrong(folder, block):
    """The one fault of a block: its code, message and hint."""
    folder.block(block)
    (fault,) = folder.found()
    return fault.code, fault.message, fault.hint


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("group_id", "group"),
        ("In-Group ID", "group"),
        ("in_group", "group"),
        ("did_active", "active"),
        ("DID Route", "did_route"),
        ("DID Description", "did_description"),
        ("Call Menu", "menu_id"),
        ("Voicemail Box", "voicemail_ext"),
        ("Extension Context", "exten_context"),
        ("phone", "phone_extension"),
        ("Record Call", "record_call"),
        ("In-Group Campaign ID", "campaign_id"),
        ("Clean CID Number", "filter_clean_cid_number"),
    ],
)
class TestNamesOfVicidial:
    def test_beside_routing_they_lead_into_it(self, folder, key, name):
        assert wrong(folder, f"{HEAD}{key}: x") == (
            "E203",
            f"{key!r} is called {name} here, and belongs under routing",
            f"write it there as {name}",
        )

    def test_within_routing_they_lead_to_the_right_name(self, folder, key, name):
        folder.block(f"{HEAD}routing: {{{key}: 'X?'}}")
        found = [(each.code, each.message, each.hint) for each in folder.found()]
        assert found[0] == ("E202", f"unknown key {key!r}", f"did you mean {name}?")


@pytest.mark.parametrize(
    ("block", "message", "hint"),
    [
        ("did_route: EXTEN", "the key did_route belongs under routing", "move it there"),
        (
            "routing: {source: 7275551114}",
            "the key source belongs to the block, outside routing",
            "move it there",
        ),
        (
            "routing: {DID Extension: 7275551114}",
            "'DID Extension' is called numbers here, and belongs to the block, outside routing",
            "write it there as numbers",
        ),
        (
            "overrides: [{numbers: [7275553300], routing: {active: Y}, adopt: true}]",
            "the key adopt belongs to the block, outside the override",
            "move it there",
        ),
        ("action: keep", "the key action belongs under removal", "move it there"),
        ("endpoint: https://x", "the key endpoint belongs in target.yaml", "move it there"),
    ],
)
def test_a_key_of_another_place_leads_there(folder, block, message, hint):
    assert wrong(folder, HEAD + block) == ("E203", message, hint)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("max_create: 5", "the key max_create belongs under limits"),
        ("source: 7275551114", "the key source belongs under defaults"),
        ("limits: {concurrency: 4}", "the key concurrency belongs under apply"),
        ("blocks: []", "the key blocks belongs in a file of blocks"),
    ],
)
def test_so_does_one_of_a_target(folder, more, message):
    folder.write("target.yaml", folder.target + more)
    (fault,) = folder.found()
    assert (fault.code, fault.message) == ("E203", message)


def test_a_column_that_does_not_come_along_with_a_copy_is_set_in_the_screens(folder):
    assert wrong(folder, HEAD + "routing: {inbound_route_answer: Y}") == (
        "E208",
        "inbound_route_answer can neither be set over the API nor copied",
        "set it for each number in VICIdial's own screens",
    )


@pytest.mark.parametrize("key", ["user", "User Agent", "filter_inbound_number", "admin user group"])
@pytest.mark.parametrize("place", ["routing: {{{}: x}}", "{}: x"])
def test_a_column_that_the_api_cannot_set_is_set_at_the_source(folder, place, key):
    assert wrong(folder, HEAD + place.format(key)) == (
        "E208",
        f"{key} cannot be set over the API: it comes along from the source",
        "set it there",
    )


def test_a_key_that_nobody_knows_names_those_there_are(folder):
    code, message, hint = wrong(folder, HEAD + "colour: red")
    assert (code, message) == ("E202", "unknown key 'colour'")
    assert hint.startswith("remove it, or use one of name, source, numbers, ")


class TestANumberWithSomethingBesideIt:
    @pytest.mark.parametrize("item", ["7275550194: Tampa main", "{7275550194: Tampa main}"])
    def test_a_description_is_a_field_of_routing(self, folder, item):
        assert wrong(folder, f"name: a\nnumbers:\n  - {item}\n") == (
            "E204",
            "nothing can stand beside a number in numbers",
            (
                "write 7275550194 alone; a description is a field of routing (did_description), of "
                "the block or of an override"
            ),
        )

    def test_a_whole_mapping_of_them_is_the_same(self, folder):
        _, message, _ = wrong(folder, "name: a\nnumbers:\n  7275550194: Tampa main\n")
        assert message == "nothing can stand beside a number in numbers"

    def test_a_routing_is_an_override(self, folder):
        _, _, hint = wrong(folder, "name: a\nnumbers:\n  - 7275550194: {active: Y}\n")
        assert hint == "write 7275550194 alone; a routing of its own is written as an override"

    def test_where_no_routing_is_a_comment_can_say_it(self, folder):
        folder.write("target.yaml", folder.target + "protected:\n  - 7275550194: Tampa main\n")
        (fault,) = folder.found()
        assert fault.hint == (
            "write 7275550194 alone; what it is can follow as a comment, after a space and #"
        )

    @pytest.mark.parametrize("item", ["name: Tampa", "{}"])
    def test_any_other_mapping_is_one(self, folder, item):
        _, message, _ = wrong(folder, f"name: a\nnumbers:\n  - {item}\n")
        assert message == "numbers must be a text, not a mapping"


def test_a_mapping_without_a_space_after_the_colon_says_so(folder):
    assert wrong(folder, HEAD + "routing: group:SALES") == (
        "E204",
        "routing must be a mapping (key: value), not 'group:SALES'",
        "write a space after the colon: group: SALES",
    )

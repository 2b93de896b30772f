"""The table of fields: a value is accepted when the server would store exactly it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.characters import Characters
from reconciler.routing import BY_COLUMN, BY_NAME, FIELDS, ROUTE_WORDS, ROUTES


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_examples_of_a_field_are_accepted(field):
    assert field.examples
    assert [field.fault(example) for example in field.examples] == [None] * len(field.examples)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_choice_is_something_that_the_server_keeps(field):
    assert [field.fault(choice) for choice in field.choices] == [None] * len(field.choices)


def test_a_field_is_found_by_its_parameter_and_by_its_column():
    assert BY_NAME["phone_extension"] is BY_COLUMN["phone"]
    assert len(BY_NAME) == len(BY_COLUMN) == len(FIELDS)


def test_each_route_has_its_destination_in_a_field():
    assert set(ROUTES.values()) <= set(BY_NAME)
    assert tuple(ROUTES) == BY_NAME["did_route"].choices
    named = [route for field in FIELDS for route in (*field.destination_of, *field.context_of)]
    assert set(named) <= set(ROUTE_WORDS)


def test_each_field_has_a_place_of_its_own_among_the_server_s_checks():
    assert sorted(field.rank for field in FIELDS) == list(range(1, len(FIELDS) + 1))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        (
            "group",
            "",
            "is empty: the server ignores empty values, so no field can be cleared",
        ),
        ("active", "n", "must be one of Y, N, not 'n'"),
        ("agent_search_method", "XX", "must be one of LB, LO, SO, not 'XX'"),
        (
            "did_route",
            "in_group",
            (
                "must be one of EXTEN, VOICEMAIL, PHONE, IN_GROUP, CALLMENU, VMAIL_NO_INST, "
                "not 'in_group'"
            ),
        ),
        (
            "did_description",
            "Tampa (sales)",
            (
                "holds '(' ')', which the server would drop: 'Tampa (sales)' would become "
                "'Tampa sales'"
            ),
        ),
        (
            "menu_id",
            "MÄIN",
            (
                "holds 'Ä', which the server would drop: 'MÄIN' would become 'MIN'; where the "
                "server has non-Latin text on (use_non_latin), write characters: any in target.yaml"
            ),
        ),
        (
            "entry_list_id",
            "١٠١",
            (
                "holds '٠' (arabic-indic digit zero, U+0660) '١' (arabic-indic digit one, U+0661), "
                "which the server would drop: '١٠١' would become ''"
            ),
        ),
        ("did_description", " Tampa ", None),
        ("group", "X" * 20, None),
        ("group", "X" * 21, f"must have 1 to 20 characters; '{'X' * 21}' has 21"),
        ("server_ip", "192.168.100.100", None),
        (
            "server_ip",
            "fe80::1:2:3:4:5:6",
            "must have 1 to 15 characters; 'fe80::1:2:3:4:5:6' has 17",
        ),
        ("did_description", "Tampa", "must have 6 to 50 characters; 'Tampa' has 5"),
        ("voicemail_ext", "12345678901", "must have 1 to 10 characters; '12345678901' has 11"),
        ("list_id", "TEST", "is a number; the server would store 'TEST' as 0"),
        ("list_id", "0998", "is a number; the server would store '0998' as 998"),
        ("entry_list_id", "0", None),
        ("phone_code", "011", None),
        ("group", "SALES-1|2", None),
        ("server_ip", "10.10.10.15", None),
        ("filter_clean_cid_number", "R10", None),
    ],
)
def test_a_value_that_could_not_be_stored_as_written_is_refused_with_the_reason(
    field, value, fault
):
    assert BY_NAME[field].fault(value) == fault


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("menu_id", "MÄIN", None),
        ("did_description", "東京本社", None),
        ("did_description", "ü" * 26, f"must have 6 to 50 bytes (in UTF-8); '{'ü' * 26}' has 52"),
        (
            "server_ip",
            "ä10.1.1.1",
            "holds 'ä', which the server would drop: 'ä10.1.1.1' would become '10.1.1.1'",
        ),
        (
            "did_description",
            "𐐀 six or more",
            "holds a letter that the database does not keep (beyond U+FFFF): '𐐀 six or more'",
        ),
        ("list_id", "1ä1", "holds 'ä', which the server would drop: '1ä1' would become '11'"),
    ],
)
def test_a_server_with_non_latin_text_on_keeps_letters_of_any_script(field, value, fault):
    assert BY_NAME[field].fault(value, Characters.ANY) == fault


@given(st.sampled_from(FIELDS), st.text(max_size=60), st.sampled_from(Characters))
def test_nothing_that_the_server_would_change_is_accepted(field, value, characters):
    if field.fault(value, characters) is None:
        assert field.strip(value, characters) == value
        assert field.shortest <= len(value.encode()) <= field.longest
        assert not field.number or str(int(value)) == value


@given(st.sampled_from(FIELDS), st.text(max_size=60))
def test_what_is_stripped_stays_as_it_is_when_stripped_again(field, value):
    assert field.strip(field.strip(value)) == field.strip(value)

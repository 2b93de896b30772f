"""The blocks of a target held against each other: numbers, names, sources."""

import pytest

ONE = "version: 1\nblocks:\n  - {name: one, numbers: [7275553300-7275553399]}\n"


class TestNumbersInTwoBlocks:
    def test_both_places_are_named_with_the_numbers_they_share(self, folder):
        folder.write("a.yaml", ONE)
        folder.write(
            "b.yaml",
            """\
            version: 1
            blocks:
              - name: two
                numbers:
                  - 7275553290-7275553309
                  - 7275553350
            """,
        )
        assert folder.faults() == [
            f"b.yaml:{line}:9: {numbers} is also in block 'one' at did_specs/tampa/a.yaml:3:27: "
            "leave it in one block only"
            for line, numbers in [(5, "7275553300–7275553309 (10)"), (6, "7275553350")]
        ]

    def test_a_number_excluded_from_one_block_may_stand_in_another(self, folder):
        folder.write("a.yaml", ONE.replace("]}", "], exclude: [7275553350]}"))
        folder.write("b.yaml", "version: 1\nblocks: [{name: two, numbers: [7275553350]}]\n")
        assert folder.faults() == []
        assert folder.read().desired.count == 100

    def test_a_number_that_differs_in_case_only_is_the_same(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: one, numbers: [FRONTDESK]}
              - {name: two, numbers: [FrontDesk]}
            """,
        )
        (fault,) = folder.faults()
        assert fault == (
            "a.yaml:4:27: FrontDesk is also in block 'one' at did_specs/tampa/a.yaml:3:27; "
            "FRONTDESK and FrontDesk differ in case only, and VICIdial keeps one row for both: "
            "leave it in one block only"
        )

    def test_a_list_that_two_blocks_share_by_an_alias_names_the_blocks(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: one, numbers: &n [7275553300]}
              - {name: two, numbers: *n}
            """,
        )
        assert folder.faults() == [
            (
                "a.yaml:4:5: 7275553300 is also in block 'one' at did_specs/tampa/a.yaml:3:5: "
                "leave it in one block only"
            )
        ]

    def test_a_block_without_a_name_can_still_be_pointed_at(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {numbers: [7275553300]}
              - {name: two, numbers: [7275553300]}
            """,
        )
        assert [fault.split(": ")[1] for fault in folder.faults()] == [
            "the key name is missing",
            "7275553300 is also in a block at did_specs/tampa/a.yaml:3:16",
        ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7275551212", "+17275551212"),
        ("17275551212", "7275551212"),
        ("+17275551212", "17275551212"),
        ("+442071838750", "442071838750"),
    ],
)
def test_two_writings_of_one_number_are_a_warning(folder, one, other):
    folder.write(
        "a.yaml",
        f"""\
        version: 1
        blocks:
          - name: one
            numbers: [{one}]
          - name: two
            numbers: [{other}]
        """,
    )
    assert folder.faults() == [
        (
            f"a.yaml:6:15: warning: {other} looks like another writing of {one} in block 'one' at "
            "did_specs/tampa/a.yaml:4:15: to VICIdial they are two DIDs: keep the one that "
            "your carrier sends"
        )
    ]
    assert folder.read().desired.count == 2


def test_numbers_that_only_look_alike_are_no_two_writings(folder):
    folder.block("name: a\nnumbers: [7275551212, 27275551212, X7275551212, MAIN, +17275551213]")
    assert folder.faults() == []


def test_the_same_number_twice_is_not_two_writings_of_it_as_well(folder):
    (fault,) = folder.block("name: a\nnumbers: [7275551212, 7275551212]")
    assert "is listed twice" in fault


def test_a_block_name_stands_once_in_a_target(folder):
    folder.write("a.yaml", ONE)
    folder.write("b.yaml", "version: 1\nblocks: [{numbers: [7275550000], name: one}]\n")
    assert folder.faults() == [
        (
            "b.yaml:2:40: a second block named 'one': the first is at did_specs/tampa/a.yaml:3:12: "
            "give one of them another name"
        )
    ]


def test_protected_numbers_may_stand_in_a_block_since_only_changing_them_is_refused(folder):
    target = folder.root / "tampa/target.yaml"
    target.write_text(target.read_text() + "protected: [7275553310-7275553315, '7275553312']\n")
    folder.write("a.yaml", ONE)
    assert folder.faults() == []


class TestSources:
    @pytest.fixture
    def sourceless(self, folder):
        target = folder.root / "tampa/target.yaml"
        target.write_text("".join(target.read_text().splitlines(keepends=True)[:3]))
        return folder

    def test_a_block_copies_from_its_own_source_or_the_targets(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: one, numbers: [7275553300]}
              - {name: two, source: +17275552000, numbers: [7275553301]}
            """,
        )
        assert [declared.source for _, declared in folder.read().desired] == [
            "7275551114",
            "+17275552000",
        ]
        assert [str(declared.origin.source) for _, declared in folder.read().desired] == [
            "did_specs/tampa/target.yaml:4:20",
            "did_specs/tampa/a.yaml:4:25",
        ]

    def test_without_either_it_is_a_fault_of_each_block(self, sourceless):
        sourceless.write("a.yaml", ONE)
        assert sourceless.faults() == [
            (
                "a.yaml:3:5: block 'one' has no source: write source: NUMBER here, or "
                "defaults: {source: NUMBER} in target.yaml"
            )
        ]

    @pytest.mark.parametrize(
        "defaults",
        [
            "source: 7275551114",
            "defaults: {source: 727/5551114}",
            "defaults: {sorce: 7275551114}",
            "defaults: 7275551114",
            "defaults:",
            "defalts: {source: 7275551114}",
            "defaults: {source: [7275551114]}",
            "]",
        ],
    )
    def test_a_source_that_was_meant_is_not_missing_in_every_block_as_well(
        self, sourceless, defaults
    ):
        target = sourceless.root / "tampa/target.yaml"
        target.write_text(target.read_text() + defaults + "\n")
        sourceless.write("a.yaml", ONE)
        (fault,) = sourceless.faults()
        assert fault.startswith("target.yaml:4:")

    def test_empty_defaults_are_no_source(self, sourceless):
        target = sourceless.root / "tampa/target.yaml"
        target.write_text(target.read_text() + "defaults: {}\n")
        sourceless.write("a.yaml", ONE)
        assert sourceless.places() == ["a.yaml:3:5"]

    def test_a_source_that_is_no_number_is_one_fault(self, sourceless):
        (fault,) = sourceless.block("name: a\nsource: 727-555-1114\nnumbers: [7275553300]")
        assert fault.startswith("4:13: '727-555-1114' is a number as people write it, with dashes")

    def test_a_source_inside_its_own_block_is_a_fault_at_the_source(self, folder):
        assert folder.block("name: a\nsource: 7275553350\nnumbers: [7275553300-7275553399]") == [
            (
                "4:13: 7275553350 is the source of block 'a' and one of its numbers, listed at "
                "did_specs/tampa/block.yaml:5:15: exclude it, or copy from another number"
            )
        ]

    def test_the_targets_source_inside_a_block_is_a_fault_at_the_number(self, folder):
        assert folder.block("name: a\nnumbers: [7275551114]") == [
            (
                "4:15: 7275551114 is the source of block 'a' and one of its numbers, set at "
                "did_specs/tampa/target.yaml:4:20: exclude it, or copy from another number"
            )
        ]

    def test_a_source_that_is_excluded_is_none_of_the_blocks_numbers(self, folder):
        assert (
            folder.block(
                "name: a\nsource: 7275553350\nnumbers: [7275553300-7275553399]\n"
                "exclude: [7275553350]"
            )
            == []
        )

    def test_a_source_may_stand_in_another_block(self, folder):
        folder.write("a.yaml", ONE)
        folder.write(
            "b.yaml",
            "version: 1\nblocks: [{name: two, source: 7275553300, numbers: [7275550000]}]\n",
        )
        assert folder.faults() == []

    def test_a_cycle_of_sources_names_every_block_of_it_once(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: outside, source: 7275550010, numbers: [7275550000]}
              - {name: one, source: 7275550020, numbers: [7275550010]}
              - {name: two, source: 7275550030, numbers: [7275550020]}
              - {name: three, source: 7275550010, numbers: [7275550030]}
            """,
        )
        assert folder.faults() == [
            (
                "a.yaml:4:25: a cycle of sources, so none can be the first: "
                "block 'one' at did_specs/tampa/a.yaml:4:5 copies 7275550020 of block 'two', "
                "block 'two' at did_specs/tampa/a.yaml:5:5 copies 7275550030 of block 'three', "
                "block 'three' at did_specs/tampa/a.yaml:6:5 copies 7275550010 of block 'one': "
                "let one of them copy a number that is in none of these blocks"
            )
        ]

    def test_a_cycle_through_the_targets_source_is_found_too(self, folder):
        folder.write(
            "a.yaml",
            """\
            version: 1
            blocks:
              - {name: one, numbers: [7275550010]}
              - {name: two, source: 7275550010, numbers: [7275551114]}
            """,
        )
        assert folder.places() == ["a.yaml:3:5"]

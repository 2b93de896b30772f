"""What stands in the folder: found in order, refused where it leads out, never waited for."""

import os
from pathlib import Path

import pytest

from reconciler import specs
from reconciler.errors import Severity, SpecFaults, UsageError
from reconciler.inputs import read_file
from reconciler.specs import files
from reconciler.specs.faults import Faults
from tests.specs.conftest import told

BLOCK = "version: 1\nblocks: [{name: NAME, numbers: [NUMBER]}]\n"


def block(name: str, number: str) -> str:
    return BLOCK.replace("NAME", name).replace("NUMBER", number)


def faults_of(root: Path) -> list[str]:
    with pytest.raises(SpecFaults) as caught:
        specs.read(root)
    return [told(each) for each in caught.value.faults if each.severity is Severity.ERROR]


class TestTargets:
    def test_each_folder_with_a_target_file_is_one_sorted_by_name(self, folder):
        folder.write("../oslo/target.yaml", folder.target)
        folder.write("../docs/README.md", "no target\n")
        folder.write("../.hidden/target.yaml", "]")
        folder.write("../README.md", "read me\n")
        assert specs.targets(folder.root) == ("oslo", "tampa")
        assert [spec.target.name for spec in specs.read(folder.root)] == ["oslo", "tampa"]

    def test_one_of_them_is_read_without_the_faults_of_the_others(self, folder):
        folder.write("../oslo/target.yaml", "]")
        (spec,) = specs.read(folder.root, only="tampa")
        assert spec.target.name == "tampa"
        with pytest.raises(SpecFaults):
            specs.read(folder.root, only="oslo")

    def test_a_fault_of_its_name_is_its_own(self, folder):
        folder.write("../tampa fl/target.yaml", folder.target)
        assert len(specs.read(folder.root, only="tampa")) == 1
        with pytest.raises(SpecFaults):
            specs.read(folder.root, only="tampa fl")

    def test_one_that_is_not_there_names_those_that_are(self, folder):
        with pytest.raises(UsageError) as caught:
            specs.read(folder.root, only="tempa")
        assert caught.value.message == "there is no target 'tempa' in did_specs"
        assert caught.value.hint == "did you mean tampa?"

    @pytest.mark.parametrize("only", [None, "tampa"])
    def test_a_folder_without_targets_says_how_to_make_one(self, tmp_path, only):
        with pytest.raises(UsageError) as caught:
            specs.read(tmp_path, only=only)
        assert caught.value.message == f"there are no targets in {tmp_path}"
        assert caught.value.hint == f"describe one in {tmp_path}/NAME/target.yaml"
        with pytest.raises(UsageError):
            specs.targets(tmp_path)

    def test_a_folder_that_is_not_there_says_where_to_run(self, tmp_path):
        with pytest.raises(UsageError) as caught:
            specs.read(tmp_path / "no")
        assert "cannot be read: No such file or directory" in caught.value.message
        with pytest.raises(UsageError):
            specs.targets(tmp_path / "no")

    def test_what_stands_beside_the_targets_is_pointed_out(self, folder):
        folder.write("../sales.yaml", block("a", "7275553300"))
        folder.write("../oslo/sales.yaml", block("a", "7275553300"))
        folder.write("../rome/target.yml", folder.target)
        assert faults_of(folder.root) == [
            (
                "did_specs/oslo:1:1: the folder has no target.yaml, so nothing in it is read: "
                "add one, or move its files"
            ),
            (
                "did_specs/sales.yaml:1:1: the file is in no target's folder, so it is not read: "
                "move it into one"
            ),
        ]

    @pytest.mark.parametrize("name", ["tampa fl", "-tampa", "tämpa", "tampa.fl", "a" * 65])
    def test_a_name_that_no_variable_could_carry_is_a_fault(self, folder, name):
        folder.write(f"../{name}/target.yaml", folder.target)
        assert faults_of(folder.root) == [
            (
                f"did_specs/{name}:1:1: invalid name of a target: "
                "use letters, digits, - and _, at most 64 of them"
            )
        ]

    def test_two_targets_never_share_credentials_by_accident(self, folder):
        folder.write("../tampa-1/target.yaml", folder.target)
        folder.write("../Tampa_1/target.yaml", folder.target)
        assert faults_of(folder.root) == [
            (
                "did_specs/tampa-1:1:1: too similar to Tampa_1: the credentials of both would "
                "come from VICIDIAL_PASS_TAMPA_1: rename one of them"
            )
        ]

    def test_two_targets_never_share_a_state(self, folder):
        folder.write("target.yaml", folder.target.replace("{target}", "all"))
        folder.write("../oslo/target.yaml", folder.target.replace("{target}", "all"))
        assert faults_of(folder.root) == [
            (
                "did_specs/tampa/target.yaml:1:1: the same state as "
                "did_specs/oslo/target.yaml:1:1: give each target a state of its own: "
                "write {target} in it"
            )
        ]


class TestFiles:
    def test_blocks_may_stand_in_folders_of_any_depth(self, folder):
        folder.write("a.yaml", block("a", "7275553300"))
        folder.write("b/c/d.yaml", block("b", "7275553301"))
        folder.write("b/notes.txt", "not read\n")
        folder.write(".git/e.yaml", "]")
        folder.write(".f.yaml", "]")
        assert [block.name for block in folder.read().blocks] == ["a", "b"]

    def test_the_same_files_in_any_order_of_writing_are_read_the_same(self, folder):
        for name in ("c", "a", "b"):
            folder.write(f"{name}.yaml", block(name, f"72755533{ord(name)}"))
        assert [block.name for block in folder.read().blocks] == ["a", "b", "c"]

    @pytest.mark.parametrize("name", ["sales.yml", "sales.YAML", "deep/sales.Yml"])
    def test_a_file_that_would_be_overlooked_is_a_fault(self, folder, name):
        folder.write(name, "]")
        assert folder.faults() == [
            f"{name}:1:1: this file is not read: its name does not end in .yaml: rename it"
        ]

    def test_a_second_target_file_below_is_a_fault(self, folder):
        folder.write("deep/target.yaml", folder.target)
        assert folder.faults() == [
            (
                "deep/target.yaml:1:1: this file is not read: describe the target in "
                "did_specs/tampa/target.yaml"
            )
        ]

    def test_a_target_file_that_is_a_folder_makes_no_target(self, tmp_path):
        (tmp_path / "tampa/target.yaml").mkdir(parents=True)
        with pytest.raises(UsageError):
            specs.read(tmp_path)

    def test_a_file_over_the_limit_is_refused(self, folder):
        path = folder.root / "tampa/large.yaml"
        os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 20 * 1024 * 1024)
        assert folder.faults() == [
            "large.yaml:1:1: cannot be read: it is larger than 8 MiB: split it"
        ]

    def test_a_pipe_is_not_waited_for(self, folder):
        os.mkfifo(folder.root / "tampa/pipe.yaml")
        assert folder.faults() == [
            "pipe.yaml:1:1: cannot be read: it is not a regular file: remove it"
        ]

    def test_a_file_that_cannot_be_read_is_a_fault_and_the_others_are_read(
        self, folder, monkeypatch
    ):
        folder.write("a.yaml", "]")
        folder.write("b.yaml", block("b", "7275553300"))
        whole = read_file

        def closed(path: Path, largest: int):
            if path.name == "b.yaml":
                raise PermissionError(13, "Permission denied")
            return whole(path, largest)

        monkeypatch.setattr(files, "read_file", closed)
        assert folder.faults()[1] == "b.yaml:1:1: cannot be read: Permission denied"
        assert len(folder.faults()) == 2

    def test_a_folder_that_cannot_be_listed_is_a_fault(self, folder, monkeypatch):
        (folder.root / "tampa/closed").mkdir()
        whole = Path.iterdir

        def closed(path: Path):
            if path.name == "closed":
                raise PermissionError(13, "Permission denied")
            return whole(path)

        monkeypatch.setattr(Path, "iterdir", closed)
        assert folder.faults() == ["closed:1:1: cannot be read: Permission denied"]

    def test_a_name_that_a_terminal_should_not_get_is_escaped(self, folder):
        (folder.root / "tampa" / os.fsdecode(b"\xff\x1b[31m\n.yml")).touch()
        (fault,) = folder.faults()
        assert fault.startswith("\\xff\\x1b[31m\\n.yml:1:1: this file is not read")


class TestLinks:
    def test_a_link_inside_the_folder_is_followed(self, folder):
        folder.write("../oslo/target.yaml", folder.target.replace("vici.", "oslo."))
        folder.write("../.shared/sales.yaml", block("a", "7275553300"))
        (folder.root / "tampa/sales.yaml").symlink_to("../.shared/sales.yaml")
        (folder.root / "oslo/all").symlink_to("../.shared")
        assert [spec.desired.count for spec in specs.read(folder.root)] == [1, 1]

    def test_the_folder_itself_may_be_a_link(self, folder):
        folder.write("a.yaml", block("a", "7275553300"))
        Path("link").symlink_to("did_specs")
        (spec,) = specs.read(Path("link"))
        assert str(spec.blocks[0].where) == "link/tampa/a.yaml:2:10"

    @pytest.mark.parametrize("name", ["out.yaml", "out", "target.yaml"])
    def test_a_link_that_leads_out_is_refused(self, folder, tmp_path, name):
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "a.yaml").write_text("secret: 1\n")
        link = folder.root / "tampa" / name
        link.unlink(missing_ok=True)
        link.symlink_to(outside / "a.yaml" if name.endswith(".yaml") else outside)
        assert folder.faults() == [
            f"{name}:1:1: a link that leads out of the specs: put the file itself here instead"
        ]

    def test_a_target_that_is_a_link_out_is_refused(self, folder, tmp_path):
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/target.yaml").write_text(folder.target)
        (folder.root / "oslo").symlink_to(tmp_path / "outside")
        (fault,) = faults_of(folder.root)
        assert fault.startswith("did_specs/oslo:1:1: a link that leads out")

    def test_a_link_out_that_is_no_yaml_is_nobodys_business(self, folder, tmp_path):
        (tmp_path / "README.md").touch()
        (folder.root / "tampa/README.md").symlink_to(tmp_path / "README.md")
        assert folder.faults() == []

    @pytest.mark.parametrize("leads_to", ["gone.yaml", "self.yaml"])
    def test_a_link_that_leads_nowhere_is_a_fault(self, folder, leads_to):
        (folder.root / "tampa/self.yaml").symlink_to(leads_to)
        (fault,) = folder.faults()
        assert fault.startswith("self.yaml:1:1: a link that leads nowhere (")

    def test_a_file_that_goes_while_the_folder_is_read_is_told_by_its_name(
        self, folder, monkeypatch
    ):
        folder.write("a.yaml", block("a", "7275553300"))
        found = list(files._Walk(folder.root, Faults()).files(folder.root / "tampa"))
        (folder.root / "tampa/a.yaml").unlink()
        monkeypatch.setattr(files._Walk, "files", lambda *_: found)
        (fault,) = folder.faults()
        assert fault.startswith("a.yaml:1:1: cannot be read: No such file")

    @pytest.mark.parametrize("leads_to", [".", "..", "../tampa"])
    def test_a_link_to_a_folder_that_holds_it_is_refused(self, folder, leads_to):
        (folder.root / "tampa/loop").symlink_to(leads_to)
        (fault,) = folder.faults()
        assert fault.startswith("loop:1:1: a link to did_specs")
        assert fault.endswith(", which is read already: remove it")

    def test_folders_too_deep_are_refused(self, folder):
        folder.write("/".join(["d"] * 40) + "/a.yaml", "]")
        (fault,) = folder.faults()
        assert fault.endswith("d:1:1: nested more than 32 folders deep: move it up")

    def test_a_folder_is_read_once_however_many_links_lead_to_it(self, folder):
        """Sixteen folders of two links each would be 65,536 ways to the last one."""
        for level in range(16):
            here = folder.root / "tampa" / f"level-{level:02}"
            here.mkdir()
            for name in ("a", "b"):
                (here / name).symlink_to(f"../level-{level + 1:02}")
        folder.write("level-16/a.yaml", block("a", "7275553300"))
        found = folder.faults()
        assert len(found) == 32
        assert all("which is read already" in fault for fault in found)

    def test_another_targets_folder_may_be_linked(self, folder):
        folder.write("../oslo/target.yaml", folder.target.replace("example", "oslo.example"))
        folder.write("shared/a.yaml", block("a", "7275553300"))
        (folder.root / "oslo/shared").symlink_to("../tampa/shared")
        oslo, tampa = specs.read(folder.root)
        assert oslo.desired.spans == tampa.desired.spans


class TestBounds:
    def test_too_many_files_are_one_fault(self, folder, monkeypatch):
        monkeypatch.setattr(files, "MOST_FILES", 3)
        for name in "abc":
            folder.write(f"{name}.yaml", block(name, f"727555330{'abc'.index(name)}"))
        (fault,) = folder.faults()
        assert fault == (
            "target.yaml:1:1: the target has over 3 files and folders; from here on they are not "
            "read: put more blocks into each file"
        )

    def test_too_many_bytes_in_all_are_one_fault(self, folder, monkeypatch):
        monkeypatch.setattr(files, "LARGEST_TARGET", 1024**2)
        for name in "abcd":
            number = f"727555330{'abcd'.index(name)}"
            folder.write(f"{name}.yaml", "#" * (400 * 1024) + "\n" + block(name, number))
        (fault,) = folder.faults()
        assert fault == (
            "c.yaml:1:1: with this file the target has over 1 MiB: make two targets, or write "
            "ranges instead of single numbers"
        )

    def test_a_thousand_faults_are_told_and_the_rest_counted(self, folder):
        folder.write(
            "a.yaml",
            "version: 1\nblocks:\n  - name: a\n    source: 7275551114\n    numbers:\n"
            + "".join(f"      - 727/{number}\n" for number in range(1500)),
        )
        *shown, last = folder.faults()
        assert len(shown) == 1000
        assert last == ("a.yaml:1005:9: 500 more faults are not shown: correct those above first")

    def test_a_fault_that_quotes_a_whole_file_is_shortened(self, folder):
        folder.write("a.yaml", "a: b: " * 10_000)
        (fault,) = folder.faults()
        assert 2000 < len(fault) < 4200
        assert fault.endswith("…")

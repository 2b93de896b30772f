"""Letters of other scripts: dropped by most servers, kept by those with non-Latin text on."""

ANY = """\
version: 1
endpoint: https://vici.example.com/vicidial/non_agent_api.php
state: file:state/{target}.json
defaults: {source: Vorlage Köln}
characters: any
"""
BLOCKS = """\
version: 1
blocks:
  - name: köln
    source: Büro1
    numbers: [Büro10-Büro19, 東京12]
    exclude: [Büro11]
    routing: {did_description: Büro Köln, menu_id: МЕНЮ}
    overrides:
      - numbers: [Büro12]
        routing: {group: ÄRZTE}
"""
HINT = (
    "where the server has non-Latin text on (use_non_latin), write characters: any in target.yaml"
)


def test_a_target_says_that_its_server_keeps_them(folder):
    folder.write("target.yaml", ANY.replace("Vorlage Köln", "Büro1"))
    folder.write("a.yaml", BLOCKS)
    spec = folder.read()
    assert [span.text for span, _ in spec.desired] == [
        "Büro10",
        "Büro12",
        "Büro13-Büro19",
        "東京12",
    ]
    assert spec.desired.get("büro12").routing["group"] == "ÄRZTE"


def test_any_other_target_tells_each_of_them_at_its_place(folder):
    folder.write("target.yaml", ANY.replace("Vorlage Köln", "Büro1").replace("any", "ascii"))
    folder.write("a.yaml", BLOCKS)
    told = folder.faults()
    assert [fault.partition(": ")[0] for fault in told] == [
        "a.yaml:4:13",
        "a.yaml:5:15",
        "a.yaml:5:30",
        "a.yaml:6:15",
        "a.yaml:7:32",
        "a.yaml:7:52",
        "a.yaml:9:19",
        "a.yaml:10:26",
        "target.yaml:4:20",
    ]
    assert all(HINT in fault for fault in told)


def test_an_en_dash_in_a_range_is_no_letter(folder):
    folder.write("a.yaml", BLOCKS.replace("Büro", "77").replace("東京12", "7730–7739"))
    assert [fault.partition(": ")[0] for fault in folder.faults()] == [
        "a.yaml:7:32",
        "a.yaml:7:50",
        "a.yaml:10:26",
    ]


def test_characters_are_ascii_or_any(folder):
    folder.write("target.yaml", ANY.replace("Vorlage Köln", "7275551114").replace("any", "utf8"))
    (told,) = folder.faults()
    assert "characters must be one of ascii, any, not 'utf8'" in told


def test_what_no_server_keeps_stays_a_fault(folder):
    folder.write("target.yaml", ANY.replace("Vorlage Köln", "Büro1"))
    folder.write("a.yaml", BLOCKS.replace("МЕНЮ", "𐐀").replace("ÄRZTE", "a²"))
    told = folder.faults()
    assert "beyond U+FFFF" in "".join(told)
    assert "holds '²' (superscript two, U+00B2), which the server would drop" in "".join(told)

"""Names: whose they are, how they are said, and that no verdict hangs on which name the patient bears."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from alliance_nlp.annotate.names import find_names
from alliance_nlp.annotate.persons import forms_of
from alliance_nlp.annotate.sounds import likeness, sounds_of
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Patient, Provider, Visit
from alliance_nlp.train.names import word_rates

NLP = spacy.blank("en")


def _visit(lines: list[str], patient: Patient | None = None, provider: str | None = None) -> Visit:
    """A visit of lines ``P: ...`` (provider), ``C: ...`` (patient) and ``O: ...`` (other)."""
    roles = {"P": "provider", "C": "patient", "O": "other"}
    turns = [{"role": roles[line[0]], "text": line[3:]} for line in lines]
    return Visit(visit_id="v", patient=patient, provider=Provider(name=provider) if provider else None, turns=turns)


def _found(visit: Visit) -> list[tuple[int, str, int, int]]:
    """Turn, code and characters of every use found."""
    doc = parse_visit(visit, NLP)
    found = []
    for start, end, label, _ in find_names(doc).uses:
        turn = max(i for i, bounds in enumerate(doc._.alliance_visit["turns"]) if bounds[0] <= start)
        span, at = doc[start:end], doc._.alliance_visit["turns"][turn][2]
        found.append((turn, label, span.start_char - at, span.end_char - at))
    return found


def _check(marked: list[str], patient: Patient | None = None, provider: str | None = None) -> None:
    plain, gold = [], []
    for turn, line in enumerate(marked):
        text, codes = parse_markup(line[3:])
        plain.append(line[:3] + text)
        gold += [(turn, code, start, end) for code, start, end in codes]
    assert _found(_visit(plain, patient, provider)) == gold


def _masked(doc: Doc, visit: Visit) -> list[str]:
    words, at = [], 0
    for start, end in find_names(doc).persons:
        words += [token.lower_ for token in doc[at:start]] + ["<name>"]
        at = end
    return words + [token.lower_ for token in doc[at:]]


MARTHA = Patient(given="Martha", family="Collins", aliases=("Marty",))


def test_names_roster_forms_with_title_and_possessive() -> None:
    _check(
        [
            "P: Good morning, <name_vocative>Mrs. Collins</>, come on in.",
            "C: Martha is fine.",
            "P: Thanks, <name_vocative>Marty</>. Okay, <name_reference>Martha</>'s knee is better.",
        ],
        MARTHA,
    )


def test_names_lower_case_without_punctuation() -> None:
    _check(
        [
            "P: hi <name_vocative>martha</> how are you",
            "C: good thanks",
            "P: so <name_vocative>martha</> tell me about your knee",
            "P: <name_reference>martha collins</> is a 50 year old female with knee pain",
        ],
        MARTHA,
    )


def test_names_nickname_of_the_roster_name() -> None:
    _check(["P: Hey <name_vocative>Bobby</>, how's the back?"], Patient(given="Robert", family="Ames"))


def test_names_initial_only_after_title() -> None:
    _check(
        ["P: Come in, <name_vocative>Ms. K</>, sit down. Take vitamin K, please."],
        Patient(given="Ren", aliases=("Ms. K",)),
    )


def test_names_that_are_words_stand_by_their_place() -> None:
    _check(
        [
            "P: Hi <name_vocative>Will</>, how are you? Will you sit here? We will see.",
            "P: So, <name_vocative>Will</>, what will you try?",
        ],
        Patient(given="Will", family="Price"),
    )
    _check(["P: hi <name_vocative>hope</> how are you i hope it will get better"], Patient(given="Hope", family="Lane"))
    _check(["P: Hi, <name_vocative>May</>. See you in May, on May 3rd."], Patient(given="May", family="Short"))


@pytest.mark.parametrize(
    ("heard", "family"), [("miss lind green", "Lindgren"), ("mister to various", "Tavares"), ("miss fam", "Pham")]
)
def test_names_misheard_after_a_title(heard: str, family: str) -> None:
    _check([f"P: hey <name_vocative>{heard}</> come on back", "C: hi"], Patient(given="Zora", family=family))


def test_names_inferred_without_a_roster() -> None:
    _check(["P: Hi <name_vocative>Jim</>, I'm Dr. Brown.", "C: Hi.", "P: Well, <name_vocative>Jim</>, any pain?"])
    _check(["P: Hello, are you <name_vocative>Mr. Allen</>?", "C: Yes."])
    _check(["P: so <name_vocative>brittany</> tell me what's going on"])


def test_names_unheard_of_are_inferred_from_their_place() -> None:
    _check(["P: Hi, <name_vocative>Thandiwe</>. Thanks for coming in.", "C: Sure."])


def test_names_roster_that_differs_from_the_talk() -> None:
    _check(["P: Good morning, <name_vocative>Ms. Reyes</>!", "C: Hi."], Patient(given="Michelle", family="King"))


def test_names_of_provider_and_third_persons_are_not_the_patients() -> None:
    lines = [
        "P: Hi, I'm Dana. Dr. Patel referred you.",
        "C: Yes. My husband Jim drove me. Thanks, Dana.",
        "P: How is your wife Ruth? Is the other Martha here?",
    ]
    assert _found(_visit(lines, MARTHA, "Dana Reed, DPT")) == []
    doc = parse_visit(_visit(lines, MARTHA, "Dana Reed, DPT"), NLP)
    persons = [doc[start:end].text for start, end in find_names(doc).persons]
    assert persons == ["Dana", "Dr. Patel", "Jim", "Dana", "Ruth", "Martha"]


def test_names_common_words_are_no_names() -> None:
    assert _found(_visit(["P: I hope you will mark it. Okay, great. Well, so, good.", "C: Art is a joy, may I?"])) == []


def test_names_in_a_note_are_references() -> None:
    text = "S: Ms. Tate is a 41 y.o. teacher. Tate wants to run. Dr. Obi agrees."
    doc = parse_visit(Visit(visit_id="n", text=text, patient=Patient(given="Gwen", family="Tate")), NLP)
    found = find_names(doc)
    assert [(doc[a:b].text, label) for a, b, label, _ in found.uses] == [
        ("Ms. Tate", "name_reference"),
        ("Tate", "name_reference"),
    ]
    assert [doc[a:b].text for a, b in found.persons] == ["Ms. Tate", "Tate", "Dr. Obi"]


def test_names_other_person_in_the_room() -> None:
    lines = ["P: Hi, Martha. This is Beth, she's a student with us.", "C: Hi.", "P: Beth, grab the tape.", "O: Sure."]
    assert [(turn, label) for turn, label, _, _ in _found(_visit(lines, MARTHA))] == [(0, "name_vocative")]


TEMPLATE = [
    "P: Hi, {G}. I'm Dana. How are you today?",
    "C: I'm fine. I will try, I hope it may help.",
    "P: Good. So, {G}, what would you like to get back to? Will you walk to the mark on the wall?",
    "C: My friends say {G} {F} never rests. The bill was long, and art is a joy.",
    "P: Thanks, Mrs. {F}. Next week, {G}, we will add the stairs. Good work, {G}!",
    "P: Hey Dragon, {G} {F} is a 52-year-old teacher with knee pain.",
]
LOWER = [
    "P: hi {g} how are you today",
    "C: fine i will try i hope it may help",
    "P: okay so {g} tell me what is going on with your knee will you walk to the mark",
    "P: {g} {f} is a 52 year old teacher with knee pain",
    "P: good morning mrs {f} thank you",
]
NAMES = ("Zebulon", "Oyinkansola", "Ng", "Xochitl", "Ann", "Jo", "Will", "Hope", "Mark", "Rose", "Art", "Grace", "Bill")
FAMILIES = ("Ochieng", "Xu", "Brzezinski", "O'Dwyer", "Walker", "Price", "Young", "Hill", "Ward", "Vandermeer")


@given(given_name=st.sampled_from(NAMES), family=st.sampled_from(FAMILIES), lower=st.booleans())
@settings(max_examples=80, deadline=None)
def test_names_swapped_in_roster_and_text_change_nothing_else(given_name: str, family: str, lower: bool) -> None:
    def masked(g: str, f: str) -> tuple[list[str], list[tuple[int, str]]]:
        fill = {"G": g, "F": f, "g": g.lower(), "f": f.lower()}
        visit = _visit([line.format(**fill) for line in (LOWER if lower else TEMPLATE)], Patient(given=g, family=f))
        uses = [(turn, label) for turn, label, _, _ in _found(visit)]
        return _masked(parse_visit(visit, NLP), visit), uses

    assert masked(given_name, family) == masked("Martha", "Collins")


LETTERS = st.text("bcdfghjklmnpqrstvwxz", min_size=2, max_size=3).map(str.capitalize)


@given(given_name=LETTERS.map(lambda text: text + "avio"), lower=st.booleans())
@settings(max_examples=60, deadline=None)
def test_names_invented_are_masked_like_known_ones(given_name: str, lower: bool) -> None:
    lines = [line.format(G="X", F="Y", g="x", f="y") for line in (LOWER if lower else TEMPLATE)]
    named = [line.replace("X", given_name).replace(" x ", f" {given_name.lower()} ") for line in lines]
    visit = _visit(named, Patient(given=given_name))
    doc = parse_visit(visit, NLP)
    assert given_name.lower() not in _masked(doc, visit)


@given(st.text(max_size=80), st.text(max_size=12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_names_any_text_gives_sorted_stretches_within_it(text: str, name: str, note: bool) -> None:
    patient = Patient(given=name, family=name[::-1], aliases=(name[:3],))
    turns = [{"role": "provider", "text": text}, {"role": "patient", "text": name}]
    doc = parse_visit(Visit(visit_id="v", patient=patient, **({"text": text} if note else {"turns": turns})), NLP)
    found = find_names(doc)
    for stretches in (found.persons, [use[:2] for use in found.uses]):
        flat = [i for stretch in stretches for i in stretch]
        assert flat == sorted(flat)
        assert all(0 <= start < end <= len(doc) for start, end in stretches)


def _pipeline() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_names")
    return nlp


def test_names_component_writes_spans_and_masks() -> None:
    doc = _pipeline()("Hi Jim, I'm Dr. Brown. So, Jim, any pain?")
    assert [(span.text, span.label_, span.id_) for span in doc.spans["alliance_names"]] == [
        ("Jim", "name_vocative", "inferred"),
        ("Jim", "name_vocative", "inferred"),
    ]
    assert doc._.alliance_visit["names"] == [[1, 2], [5, 7], [10, 11]]


def test_names_component_survives_disk_and_bytes(tmp_path) -> None:
    nlp = _pipeline()
    nlp.to_disk(tmp_path)
    for loaded in (spacy.load(tmp_path), _pipeline().from_bytes(nlp.to_bytes())):
        doc = loaded("Hi Jim, how are you?")
        assert [span.text for span in doc.spans["alliance_names"]] == ["Jim"]


def test_names_component_runs_in_two_processes() -> None:
    docs = list(_pipeline().pipe(["Hi Jim, how are you?", "Thanks, Ruth."] * 2, n_process=2))
    assert [[span.text for span in doc.spans["alliance_names"]] for doc in docs] == [["Jim"], ["Ruth"]] * 2


def test_names_component_runs_in_two_threads() -> None:
    def run(_: int) -> list[str]:
        doc = _pipeline()("Hi Jim, how are you?")
        return [span.text for span in doc.spans["alliance_names"]]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, range(4))) == [["Jim"]] * 4


def test_names_empty_doc() -> None:
    assert find_names(_pipeline().make_doc("")) == ([], [])


def test_names_patient_role_gives_masks_without_uses() -> None:
    doc = NLP.make_doc("Thanks, Dr. Brown.")
    assert find_names(doc, "patient") == ([], [(2, 4)])


def test_names_forms_of_hyphen_accent_and_alias() -> None:
    forms = forms_of({"given": "José", "family": "Smith-Lee", "aliases": ["Mr. Pepe"]})
    assert {("josé",), ("jose",), ("smith", "-", "lee"), ("lee",), ("pepe",)} <= set(forms)


@pytest.mark.parametrize(("name", "heard"), [("siobhan", "shove on"), ("pham", "fam"), ("kristin", "chrystyn")])
def test_names_misheard_sound_alike(name: str, heard: str) -> None:
    assert likeness(name, heard.replace(" ", "")) > 1


@pytest.mark.parametrize(("name", "other"), [("lee", "walk"), ("wojcik", "watching"), ("siobhan", "some more")])
def test_names_other_words_sound_unlike(name: str, other: str) -> None:
    assert likeness(name, other.replace(" ", "")) < 0.9


def test_names_most_known_mishearings_sound_alike() -> None:
    lines = (Path(__file__).parent / "data" / "misheard_names.txt").read_text("utf-8").splitlines()
    pairs = [line.split("|") for line in lines]
    alike = [likeness(name, heard.replace(" ", "")) > 1.05 for name, heard in pairs]
    assert sum(alike) > 0.85 * len(pairs)


def test_names_without_letters_sound_like_nothing() -> None:
    assert sounds_of("42") == ""
    assert likeness("42", "so") == 0.0


@pytest.mark.parametrize(
    ("line", "patient"),
    [
        ("P: okay uh <name_vocative>shove on</> come on back", Patient(given="Siobhan", family="Delaney")),
        ("P: <name_reference>mister pet rosky</> is at one thirty two", Patient(given="Dale", family="Petrosky")),
        ("P: thanks <name_vocative>vints</>", Patient(given="Vincent", family="Calabrese", aliases=("Vince",))),
    ],
)
def test_names_misheard_by_a_recogniser(line: str, patient: Patient) -> None:
    _check([line, "C: hi"], patient)


def test_names_alike_words_are_no_names_where_none_is_due() -> None:
    lines = ["P: so tell me about the pain does it hurt on the hill", "C: it was dull and i fell"]
    assert _found(_visit(lines, Patient(given="Dale", family="Petrosky"))) == []


def test_names_of_a_seldom_word_stand_where_a_common_one_does_not() -> None:
    line = "P: good we just need you to walk {} to the door"
    assert _found(_visit([line.format("dale")], Patient(given="Dale"))) != []
    assert _found(_visit([line.format("will")], Patient(given="Will"))) == []


@pytest.mark.parametrize("line", ["P: yes let's hope . come this way", "P: we bill for it", "P: walk to the mark"])
def test_names_that_are_words_after_a_pronoun_or_an_article_are_words(line: str) -> None:
    for name in ("Hope", "Bill", "Mark"):
        assert _found(_visit([line], Patient(given=name))) == []


def test_names_of_a_place_are_no_family_name() -> None:
    assert _found(_visit(["P: We met round West Park. It was fine."], Patient(given="Zora", family="Park"))) == []


def test_names_heard_as_a_possessive() -> None:
    _check(["P: okay good job <name_vocative>domingo's</>", "C: hi"], Patient(given="Domingos"))


def test_names_nickname_is_not_guessed_where_the_roster_gives_one() -> None:
    assert ("ted",) in forms_of({"given": "Theodore"})
    assert ("teddy",) not in forms_of({"given": "Theodore", "aliases": ["Ted"]})


def test_names_word_rates_leave_out_the_patients_own_name() -> None:
    visits = [_visit(["P: hi will you will walk"], Patient(given="Will")), _visit(["P: we will see"])]
    rates = word_rates(visits)
    assert rates["will"] == 0.5
    assert rates["walk"] == 0.5

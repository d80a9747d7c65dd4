"""When a visit is not scored."""

import pytest
import spacy

from alliance_nlp.abstain import abstention
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit

NLP = spacy.blank("en")
ASKS = "How has your knee been since we last met, and did you have any pain when you did your exercises at home?"
TELLS = "It was better on the stairs, but it hurts when I sit down for a long time, and I did not sleep that well."
SPANISH = "Hola, me duele mucho la rodilla cuando subo las escaleras y por la noche no puedo dormir bien."
SPANISH_NOTE = (
    "Paciente refiere dolor en la rodilla derecha al subir escaleras. No puede dormir de noche. "
    "Objetivo: volver a caminar sin bastón en seis semanas. Plan: ejercicios dos veces al día."
)
STORY = "We went to the lake and the boat was out on the water, so they had a race with all of the others there."


def talk(*turns):
    return Visit(visit_id="v", turns=[{"role": role, "text": text} for role, text in turns])


def reason(visit):
    return abstention(visit, parse_visit(visit, NLP))


def exchange(asks, tells, roles=("provider", "patient"), times=5):
    return talk(*[pair for _ in range(times) for pair in zip(roles, (asks, tells), strict=True)])


def test_abstain_not_from_a_clinical_talk():
    assert reason(exchange(ASKS, TELLS)) is None


@pytest.mark.parametrize("visit", [talk(), talk(("provider", "Any pain?")), exchange(ASKS, TELLS, times=1)])
def test_abstain_from_what_is_too_short(visit):
    assert reason(visit) == "too_short"


@pytest.mark.parametrize(
    ("asks", "n_asks", "tells", "n_tells"),
    [(ASKS, 8, "Mm.", 1), ("Mm.", 1, TELLS, 8), (ASKS, 8, "", 0)],
)
def test_abstain_from_what_is_one_sided(asks, n_asks, tells, n_tells):
    assert reason(talk(*[("provider", asks)] * n_asks, *[("patient", tells)] * n_tells)) == "one_sided"


def test_abstain_where_the_roles_are_unknown():
    assert reason(exchange(ASKS, TELLS, roles=("other", "other"))) == "roles_unknown"


def test_abstain_not_where_a_third_person_says_a_little():
    assert reason(talk(*[("provider", ASKS), ("patient", TELLS)] * 4, ("other", TELLS))) is None


def test_abstain_from_what_is_not_english():
    assert reason(exchange(SPANISH, SPANISH)) == "not_english"


def test_abstain_from_what_is_no_clinical_visit():
    assert reason(exchange(STORY, STORY)) == "not_clinical"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pt tolerated well.", "too_short"),
        (f"S: {TELLS} A: knee pain. P: she will do the exercises at home, and PT to progress the load.", None),
        (SPANISH_NOTE, "not_english"),
        (STORY * 3, "not_clinical"),
    ],
)
def test_abstain_from_notes(text, expected):
    assert reason(Visit(visit_id="n", text=text)) == expected


def test_abstain_not_from_the_corpus(corpus_golds):
    abstained = sum(reason(gold.visit) is not None for gold in corpus_golds if gold.split == "train")
    assert abstained <= 0.03 * len(corpus_golds)

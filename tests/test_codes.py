"""The table of codes."""

import re
from pathlib import Path

from alliance_nlp.codes import CODE_NAMES, CODES, FAMILIES, codes_of

CODEBOOK = Path(__file__).parents[1] / "corpus" / "CODEBOOK.md"


def test_codes_are_those_of_the_codebook():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", CODEBOOK.read_text("utf-8"), re.MULTILINE)
    who = {"provider": ("provider",), "patient": ("patient",), "either": ("provider", "patient")}
    assert {code: who[role] for code, role in rows} == {code.name: code.roles for code in CODES}


def test_codes_are_unique():
    assert len(set(CODE_NAMES)) == len(CODE_NAMES) == 14


def test_codes_of_the_families_are_all_codes():
    assert [code for family in FAMILIES for code in codes_of(family)] == list(CODE_NAMES)


def test_codes_that_do_not_count_for_their_family():
    core = {code for family in FAMILIES for code in codes_of(family, core=True)}
    assert set(CODE_NAMES) - core == {"directive", "judge", "next_contact"}

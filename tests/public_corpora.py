"""Small invented files in the shapes of the four public corpora, and stand-off gold of what they say."""

import csv
import json

from alliance_nlp.corpus.rows import write_rows
from alliance_nlp.corpus.sources import read_originals
from alliance_nlp.corpus.standoff import LETTERS, Fingerprint, digest, digest_units

ANNOMI_COLUMNS = (
    "mi_quality",
    "transcript_id",
    "video_title",
    "topic",
    "utterance_id",
    "interlocutor",
    "timestamp",
    "utterance_text",
    "annotator_id",
    "main_therapist_behaviour",
    "therapist_input_subtype",
    "reflection_subtype",
    "question_subtype",
    "client_talk_type",
)
ANNOMI_ROWS = (
    ("high", "7", "Talk, part 1", " alcohol ", "10", "therapist", "00:01:10", " Go on. ", "1", "other", "", "", "", ""),
    ("high", "7", "Talk, part 1", " alcohol ", "2", "client", "0:00:09", "Dr. Ray? I want to sleep.\n", "1", *[""] * 5),
    ("high", "7", "Talk, part 1", "alcohol", "2", "client", "0:00:09", "other spelling", "2", *[""] * 4, "change"),
    ("high", "7", "Talk, part 1", "alcohol", "2", "client", "0:00:09", "other spelling", "3", *[""] * 4, "neutral"),
    ("low", "8", "Another", "diet", "0", "therapist", "nonsense", "Eat less.", "1", *[""] * 5),
)
ACI_DIALOGUE = "[doctor] hi , anna .  how are\nyou ?\n[patient] [laughs] fine .\n[patient_guest] she is not .\n"
TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 9.5
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "Speaker"
        xmin = 0
        xmax = 9.5
        intervals: size = {count}
{intervals}"""
OSCE_TEXT = "D: Any pain?\r\n\r\nP: A  little.\r\nIn the knee.\r\nD:\r\n\r\nD: OK, Mr. A. Since when?\r\n"


def write_csv(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns)
        writer.writerows(rows)


def write_annomi(folder, rows=ANNOMI_ROWS):
    write_csv(folder / "AnnoMI-main" / "AnnoMI-full.csv", ANNOMI_COLUMNS, rows)


def write_aci(folder, split="train", dialogue=ACI_DIALOGUE, note="Anna Fox is well.\nShe wants to walk."):
    data = folder / "data" / "challenge_data"
    write_csv(data / f"{split}.csv", ("dataset", "encounter_id", "dialogue", "note"), [("aci", "D1", dialogue, note)])
    columns = (
        "dataset",
        "encounter_id",
        "patient_gender",
        "patient_age",
        "patient_firstname",
        "patient_familyname",
        "cc",
    )
    write_csv(data / f"{split}_metadata.csv", columns, [("aci", "D1", "female", "50", "Anna", " ", "knee pain ")])


def textgrid(*intervals):
    lines = [
        f"        intervals [{number}]:\n            xmin = {start} \n            xmax = {end} \n"
        f'            text = "{text}" \n'
        for number, (start, end, text) in enumerate(intervals, 1)
    ]
    return TEXTGRID.format(count=len(lines), intervals="".join(lines))


def write_primock(folder, key="day1_consultation01"):
    for name in ("transcripts", "notes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    doctor = textgrid((0, 1.5, ""), (1.5, 2.004, "Hello <UNIN/> <UNSURE>Jo</UNSURE>."), (4, 5, 'He said ""rest"".'))
    patient = textgrid((0, 3, "<INAUDIBLE_SPEECH/>."), (3, 3.5, "Yes."), (4, 5, "Mm."))
    (folder / "transcripts" / f"{key}_doctor.TextGrid").write_text(doctor, encoding="utf-8")
    (folder / "transcripts" / f"{key}_patient.TextGrid").write_text(patient, encoding="utf-8")
    note = {"presenting_complaint": "my knee", "note": "Knee pain.\r\nRest. ", "highlights": []}
    (folder / "notes" / f"{key}.json").write_text(json.dumps(note), encoding="utf-8")


def write_osce(folder, encoding="utf-8"):
    (folder / "Clean Transcripts").mkdir(parents=True, exist_ok=True)
    (folder / "Clean Transcripts" / "MSK0001.txt").write_bytes(OSCE_TEXT.encode(encoding))


def load(name, folder, *visit_ids):
    """Records of the visits by id."""
    return {public.visit.visit_id: public for public in read_originals(name, folder, visit_ids)}


def fingerprint(public):
    turns = public.visit.turns
    return Fingerprint(
        public.visit.visit_id,
        public.visit.visit_id.split("-")[0],
        "".join(LETTERS[turn.role] for turn in turns),
        digest_units([turn["sents"] for turn in public.record["turns"]]),
        digest(public.note) if public.note else "",
        tuple(digest(turn.text) for turn in turns),
    )


def write_standoff(folder, publics, codes=(), names=(), notes_codes=(), notes_names=()):
    """Stand-off gold: codes and names as (visit_id, turn, start, end, code), those of notes without the turn."""
    known = {public.visit.visit_id: fingerprint(public) for public in publics}
    write_rows(
        folder / "visits.tsv",
        ("visit_id", "source", "roles", "units", "note", "turns"),
        [v.row() for v in known.values()],
    )
    for name, rows in (("codes", codes), ("names", names)):
        hashed = [(*row, known[row[0]].turns[row[1]]) for row in rows]
        write_rows(folder / f"{name}.tsv", ("visit_id", "turn", "start", "end", "code", "sha256"), hashed)
    for name, rows in (("notes_codes", notes_codes), ("notes_names", notes_names)):
        hashed = [(*row, known[row[0]].note) for row in rows]
        write_rows(folder / f"{name}.tsv", ("visit_id", "start", "end", "code", "sha256"), hashed)
    rated = ("visit_id", "goal", "task", "bond")
    write_rows(folder / "ratings.tsv", rated, [(visit_id, 2, 3, 4) for visit_id in known])
    write_rows(
        folder / "notes_ratings.tsv", rated, [(visit_id, 1, 2, 3) for visit_id, one in known.items() if one.note]
    )
    write_rows(folder / "folds.tsv", ("visit_id", "fold", "strict_fold"), [(visit_id, 0, 1) for visit_id in known])
    videos = [(visit_id, 5, 6) for visit_id in known if visit_id.startswith("annomi")]
    write_rows(folder / "annomi_groups.tsv", ("visit_id", "video_group", "producer_group"), videos)

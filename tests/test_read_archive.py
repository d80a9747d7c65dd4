"""Archives: members in their order, limits, and what must not be read."""

import gzip
import os
import stat
import tarfile
import zipfile

import pytest
from documents import TALK, docx_bytes, tar_bytes, zip_bytes

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_files, read_visits, unpacked
from alliance_nlp.read.archive import MAX_DEPTH, unpack_zip
from alliance_nlp.read.source import Source

NOTE = b"Pt wants to swim."
MAKERS = {"zip": zip_bytes, "tgz": tar_bytes, "tar.gz": tar_bytes, "tar": lambda members: tar_bytes(members, "w:")}


def found(tmp_path, name, data):
    """Ids of the visits in a file, and the sentences of the errors."""
    (tmp_path / name).write_bytes(data)
    return [one.visit_id if not isinstance(one, Exception) else str(one) for one in read_files([tmp_path / name])]


@pytest.mark.parametrize("kind", MAKERS)
def test_read_archive_goes_through_its_members_in_their_order(kind, tmp_path):
    members = [("may/b.txt", TALK), ("may/a.txt", NOTE), ("./june/c.html", b"<html><p>Pt wants to dance.</html>")]
    data = MAKERS[kind]([*members, ("d.jsonl", b'{"visit_id": "x", "text": "a"}\n{"visit_id": "y", "text": "b"}\n')])
    assert found(tmp_path, f"year.{kind}", data) == ["b", "a", "c", "x", "y"]


@pytest.mark.parametrize("kind", MAKERS)
def test_read_archive_passes_over_what_a_folder_would(kind, tmp_path):
    names = ("README.md", "scan.png", ".hidden/a.txt", "__MACOSX/a.txt", "a/.DS_Store")
    assert found(tmp_path, "v.bin", MAKERS[kind]([*((name, TALK[:9]) for name in names), ("v1.txt", TALK)])) == ["v1"]


def test_read_archive_of_one_file_by_gzip(tmp_path):
    assert found(tmp_path, "v1.txt.gz", gzip.compress(TALK)) == ["v1"]
    assert found(tmp_path, "v2", gzip.compress(TALK)) == ["v2"]


def test_read_archive_lines_by_gzip_are_a_stream(tmp_path):
    with gzip.open(tmp_path / "v.jsonl.gz", "wt") as lines:
        for number in range(45):  # longer than what is ever read whole
            filler = os.urandom(300_000).hex()
            lines.write(f'{{"visit_id": "v{number}", "text": "Pt wants to swim.", "other": "{filler}"}}\n')
    assert sum(visit.text == "Pt wants to swim." for visit in read_visits(tmp_path / "v.jsonl.gz")) == 45


def test_read_archive_in_an_archive_is_named_with_both(tmp_path):
    inner = zip_bytes([("v1.docx", docx_bytes(lambda document: document.add_paragraph("Pt wants to swim.")))])
    data = tar_bytes([("may.zip", inner), ("june.txt.gz", gzip.compress(TALK)), ("bad.zip", inner[:90])])
    assert found(tmp_path, "year.tgz", data) == [
        "v1",
        "june",
        f"{tmp_path / 'year.tgz'}!/bad.zip: the archive is damaged or cut off; make it again.",
    ]


def test_read_archive_too_deep_is_one_sentence(tmp_path):
    data = TALK
    name = "v1.txt"
    for level in range(MAX_DEPTH + 1):
        data, name = zip_bytes([(name, data)]), f"{level}.zip"
    (sentence,) = found(tmp_path, "deep.zip", data)
    assert "!/2.zip!/1.zip!/0.zip: archives lie in archives more than 3 deep" in sentence


def test_read_archive_refuses_zip_bombs_and_reads_on(tmp_path):
    sentence, visit = found(tmp_path, "a.zip", zip_bytes([("bomb.txt", bytes(12_000_000)), ("v1.txt", TALK)]))
    assert sentence.endswith(
        "a.zip!/bomb.txt: it unpacks to more than 300 times its packed size, as a zip bomb does; leave it out."
    )
    assert visit == "v1"


@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.jsonl.gz", "bomb"])
def test_read_archive_refuses_gzip_bombs(name, tmp_path):
    (sentence,) = found(tmp_path, name, gzip.compress(b"x" * 30_000_000))
    assert "as a zip bomb does" in sentence or "longer than 25,000,000 bytes" in sentence


def test_read_archive_refuses_tar_bombs(tmp_path):
    (sentence,) = found(tmp_path, "a.tgz", tar_bytes([("bomb.txt", bytes(30_000_000))]))
    assert "as a zip bomb does" in sentence


def test_read_archive_member_too_long_for_a_tar_is_named(tmp_path):
    noise = os.urandom(13_000_000).hex().encode()
    sentence, visit = found(tmp_path, "a.tar", tar_bytes([("long.txt", noise), ("v1.txt", TALK)], "w:"))
    assert "a.tar!/long.txt: it is longer than 25,000,000 bytes" in sentence
    assert visit == "v1"


def test_read_archive_has_a_limit_on_members(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked.Budget, "__init__", lambda self: vars(self).update(members=2, unpacked=10**6))
    for name, data in (("a.zip", zip_bytes), ("a.tgz", tar_bytes)):
        *visits, sentence = found(tmp_path, name, data([(f"v{number}.txt", TALK) for number in range(9)]))
        assert visits == ["v0", "v1"]
        assert "the archive has more than 200,000 members; unpack it and give its folder" in sentence


def test_read_archive_has_a_limit_on_all_it_unpacks_to(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked.Budget, "__init__", lambda self: vars(self).update(members=99, unpacked=30_000))
    inner = zip_bytes([(f"v{number}.txt", TALK * 200) for number in range(4)])
    for name, data in (("a.zip", zip_bytes([("in.zip", inner)])), ("b.tar", tar_bytes([("v.txt", TALK * 900)], "w:"))):
        *_, sentence = found(tmp_path, name, data)
        assert "the archive unpacks to more than 20,000,000,000 bytes" in sentence
    (sentence,) = found(tmp_path, "c.txt.gz", gzip.compress(TALK * 900))
    assert "the archive unpacks to more than" in sentence


@pytest.mark.parametrize("kind", ["zip", "tgz"])
@pytest.mark.parametrize("name", ["/etc/v1.txt", "../v1.txt", "a/../../v1.txt", "C:\\v1.txt", "..\\v1.txt"])
def test_read_archive_names_that_lead_out_are_refused(name, kind, tmp_path):
    sentence, visit = found(tmp_path, f"a.{kind}", MAKERS[kind]([(name, TALK), ("ok.txt", TALK)]))
    assert "its name leads out of the archive; make the archive again with plain names." in sentence
    assert visit == "ok"


def test_read_archive_links_and_devices_are_refused(tmp_path):
    members = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        info = tarfile.TarInfo(f"{kind.decode()}.txt")
        info.type, info.linkname = kind, "/etc/passwd"
        members.append((info, b""))
    reasons = [sentence.partition(".txt: ")[2] for sentence in found(tmp_path, "a.tgz", tar_bytes(members))]
    link = "it is a link; put the file itself into the archive."
    assert reasons == [link, link, *["it is no file of the usual kind; leave it out."] * 2]
    info = zipfile.ZipInfo("v1.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert found(tmp_path, "a.zip", zip_bytes([(info, b"/etc/passwd")]))[0].endswith(link)


def test_read_archive_encrypted_members_are_named(tmp_path):
    data = bytearray(zip_bytes([("v1.txt", TALK)]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    (sentence,) = found(tmp_path, "a.zip", bytes(data))
    assert "a.zip!/v1.txt: it is encrypted; unpack the archive with its password" in sentence


def test_read_archive_member_with_a_wrong_checksum_is_named(tmp_path):
    data = bytearray(zip_bytes([(zipfile.ZipInfo("v1.txt"), TALK), ("v2.txt", TALK)]))
    data[data.index(b"dance")] ^= 0x20
    sentence, visit = found(tmp_path, "a.zip", bytes(data))
    assert "a.zip!/v1.txt: it is damaged, or packed in a way that cannot be read" in sentence
    assert visit == "v2"


@pytest.mark.parametrize("kind", MAKERS)
def test_read_archive_cut_off_is_one_sentence(kind, tmp_path):
    data = MAKERS[kind]([(f"v{number}.txt", os.urandom(9000).hex().encode()) for number in range(3)])
    *_, last = found(tmp_path, f"a.{kind}", data[: len(data) // 2])
    assert "damaged" in last


@pytest.mark.parametrize(
    ("part", "why"),
    [("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PowerPoint"), ("META-INF/manifest.xml", "OpenDocument")],
)
def test_read_archive_office_files_are_told_apart(part, why, tmp_path):
    (sentence,) = found(tmp_path, "a.zip", zip_bytes([(part, b"<x/>")]))
    assert why in sentence


def test_read_archive_without_a_visit_is_an_error(tmp_path):
    (sentence,) = found(tmp_path, "a.zip", zip_bytes([("scan.png", b"\x89PNG")]))
    assert "there is no visit in the file" in sentence


def test_read_archive_member_knows_its_siblings(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_bytes([("x/a.txt", TALK), ("x/b.txt", NOTE), ("b.txt", TALK)]))
    members = unpack_zip(Source(tmp_path / "a.zip"))
    member = next(members)
    assert member.sibling("b.txt").content() == NOTE
    assert member.sibling("c.txt") is None


def test_read_archive_roster_goes_by_the_name_of_the_member(tmp_path):
    (tmp_path / "roster.csv").write_text("file,given\nv1.txt,Martha\n")
    (tmp_path / "a.zip").write_bytes(zip_bytes([("may/v1.txt", TALK)]))
    (visit,) = read_visits(tmp_path / "a.zip", roster=tmp_path / "roster.csv")
    assert visit.patient.given == "Martha"


def test_read_archive_errors_are_of_the_reader(tmp_path):
    (tmp_path / "a.zip").write_bytes(zip_bytes([("v1.json", b"{")]))
    with pytest.raises(UnreadableFile, match=r"a\.zip!/v1\.json: the JSON is broken"):
        next(read_visits(tmp_path / "a.zip"))

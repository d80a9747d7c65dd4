import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from public_corpora import load, write_annomi, write_standoff

import alliance_nlp
from alliance_nlp.corpus.download import RemoteFile, download, list_files
from alliance_nlp.corpus.fetch import fetch_source
from alliance_nlp.corpus.sources import Home
from alliance_nlp.errors import BadCorpus

CONTENT = bytes(range(256)) * 1000
GITHUB = Home(kind="github", files=r"AnnoMI-full\.csv", repository="o/r")
FIGSHARE = Home(kind="figshare", files=r".*\.zip", collection="12")


class Server(ThreadingHTTPServer):
    """Serves ``files`` by path; cuts the connection after ``cut_after`` bytes of a body as long as ``cuts`` last."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {}
        self.cut_after, self.cuts = 0, 0
        self.knows_ranges = True
        self.refusals = []
        self.asked = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        content = self.server.files.get(self.path)
        if self.server.refusals or content is None:
            self.send_error(self.server.refusals.pop(0) if self.server.refusals else 404)
            return
        start = 0
        if self.server.knows_ranges and (wanted := self.headers.get("Range")):
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted).group(1))
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.server.cuts:
            self.server.cuts -= 1
            body = body[: self.server.cut_after]
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def blob_hash(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def remote(server, content=CONTENT, **checksum):
    server.files["/file"] = content
    return RemoteFile("data/file.bin", f"{server.address}/file", len(content), **checksum)


def get(file, folder, attempts=5):
    waits = []
    return download(file, folder, attempts=attempts, wait=waits.append), waits


@pytest.mark.parametrize("checksum", [{"git_blob": blob_hash(CONTENT)}, {"md5": hashlib.md5(CONTENT).hexdigest()}, {}])
def test_corpus_download_writes_the_file(tmp_path, server, checksum):
    path, waits = get(remote(server, **checksum), tmp_path)
    assert path == tmp_path / "data" / "file.bin"
    assert path.read_bytes() == CONTENT
    assert waits == []


def test_corpus_download_does_not_ask_again_for_what_is_there(tmp_path, server):
    file = remote(server, git_blob=blob_hash(CONTENT))
    get(file, tmp_path)
    get(file, tmp_path)
    assert len(server.asked) == 1


def test_corpus_download_gets_a_changed_file_anew(tmp_path, server):
    file = remote(server, git_blob=blob_hash(CONTENT))
    path, _ = get(file, tmp_path)
    path.write_bytes(CONTENT[:-1] + b"?")
    get(file, tmp_path)
    assert path.read_bytes() == CONTENT


def test_corpus_download_goes_on_after_a_cut_connection(tmp_path, server):
    server.cut_after, server.cuts = 1000, 2
    path, waits = get(remote(server, git_blob=blob_hash(CONTENT)), tmp_path)
    assert path.read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == [None, "bytes=1000-", "bytes=2000-"]
    assert waits == [2.0, 4.0]


def test_corpus_download_goes_on_in_a_later_call(tmp_path, server):
    server.cut_after, server.cuts = 1000, 1
    file = remote(server, git_blob=blob_hash(CONTENT))
    with pytest.raises(BadCorpus, match="the connection is cut again and again"):
        get(file, tmp_path, attempts=1)
    path, _ = get(file, tmp_path, attempts=1)
    assert path.read_bytes() == CONTENT
    assert server.asked[-1][1] == "bytes=1000-"


def test_corpus_download_starts_anew_where_the_server_knows_no_ranges(tmp_path, server):
    server.cut_after, server.cuts, server.knows_ranges = 1000, 1, False
    path, _ = get(remote(server, git_blob=blob_hash(CONTENT)), tmp_path)
    assert path.read_bytes() == CONTENT


def test_corpus_download_takes_a_part_that_is_complete(tmp_path, server):
    file = remote(server, git_blob=blob_hash(CONTENT))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file.bin.part").write_bytes(CONTENT)
    path, _ = get(file, tmp_path)
    assert path.read_bytes() == CONTENT


def test_corpus_download_drops_a_part_of_another_version(tmp_path, server):
    file = remote(server, git_blob=blob_hash(CONTENT))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file.bin.part").write_bytes(b"old" * 100)
    path, _ = get(file, tmp_path)
    assert path.read_bytes() == CONTENT


def test_corpus_download_refuses_a_wrong_checksum(tmp_path, server):
    with pytest.raises(BadCorpus, match="the checksum is not the one its home gives"):
        get(remote(server, md5="0" * 32), tmp_path)
    assert list((tmp_path / "data").iterdir()) == []


def test_corpus_download_refuses_a_wrong_size(tmp_path, server):
    remote(server)
    with pytest.raises(BadCorpus, match="checksum"):
        get(RemoteFile("file.bin", f"{server.address}/file", 5), tmp_path)


def test_corpus_download_says_what_the_server_refuses(tmp_path, server):
    with pytest.raises(BadCorpus, match=r"the server answers 404 Not Found.*--from"):
        get(RemoteFile("file.bin", f"{server.address}/gone", 5), tmp_path)
    assert len(server.asked) == 1


def test_corpus_download_tries_again_after_a_server_error(tmp_path, server):
    server.refusals = [503, 502]
    path, waits = get(remote(server), tmp_path)
    assert path.read_bytes() == CONTENT
    assert len(waits) == 2


def test_corpus_download_says_that_a_server_cannot_be_reached(tmp_path, server):
    file = remote(server)
    server.server_close()
    with pytest.raises(BadCorpus, match="it cannot be reached"):
        get(file, tmp_path, attempts=2)


@pytest.mark.parametrize("address", ["file:///etc/hosts", "ftp://127.0.0.1/file"])
def test_corpus_download_speaks_http_only(tmp_path, address):
    with pytest.raises(BadCorpus, match="no http or https address"):
        get(RemoteFile("file.bin", address, 5), tmp_path)


def test_corpus_download_lists_wanted_files_on_github(server):
    server.files["/repos/o/r/git/trees/HEAD?recursive=1"] = (
        b'{"tree": [{"path": "AnnoMI-full.csv", "type": "blob", "size": 3, "sha": "ab"},'
        b' {"path": "README.md", "type": "blob", "size": 9, "sha": "cd"}, {"path": "data", "type": "tree"}]}'
    )
    assert list_files(GITHUB, mirror=server.address) == [
        RemoteFile("AnnoMI-full.csv", f"{server.address}/o/r/HEAD/AnnoMI-full.csv", 3, git_blob="ab")
    ]


def test_corpus_download_lists_wanted_files_on_figshare(server):
    server.files["/v2/collections/12/articles?page_size=1000"] = b'[{"id": 5}]'
    server.files["/v2/articles/5"] = (
        b'{"files": [{"name": "Data.zip", "size": 7, "computed_md5": "ef", "download_url": "https://x.org/files/9"},'
        b' {"name": "a.pdf", "size": 7, "computed_md5": "", "download_url": "https://x.org/files/8"}]}'
    )
    assert list_files(FIGSHARE, mirror=server.address) == [
        RemoteFile("Data.zip", f"{server.address}/files/9", 7, md5="ef")
    ]


def test_corpus_download_refuses_paths_that_leave_the_folder(server):
    server.files["/v2/collections/12/articles?page_size=1000"] = b'[{"id": 5}]'
    server.files["/v2/articles/5"] = (
        b'{"files": [{"name": "../Data.zip", "size": 7, "download_url": "https://x.org/files/9"}]}'
    )
    with pytest.raises(BadCorpus, match="its home lists no such files"):
        list_files(FIGSHARE, mirror=server.address)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"tree": [{"type": "blob"}]}'])
def test_corpus_download_refuses_an_answer_that_is_no_list(server, answer):
    server.files["/repos/o/r/git/trees/HEAD?recursive=1"] = answer
    with pytest.raises(BadCorpus, match=r"the answer is no (list of files|JSON)"):
        list_files(GITHUB, mirror=server.address)


def test_corpus_download_says_that_a_home_has_moved(server):
    with pytest.raises(BadCorpus, match="the server answers 404"):
        list_files(GITHUB, mirror=server.address)


def test_corpus_download_is_what_a_fetch_without_a_folder_does(tmp_path, server):
    write_annomi(tmp_path)
    standoff = tmp_path / "standoff"
    write_standoff(standoff, load("annomi", tmp_path, "annomi-7", "annomi-8").values())
    content = (tmp_path / "AnnoMI-main" / "AnnoMI-full.csv").read_bytes()
    listing = '{"tree": [{"path": "AnnoMI-full.csv", "type": "blob", "size": %d, "sha": "%s"}]}'
    server.files["/repos/uccollab/AnnoMI/git/trees/HEAD?recursive=1"] = (
        listing % (len(content), blob_hash(content))
    ).encode()
    server.files["/uccollab/AnnoMI/HEAD/AnnoMI-full.csv"] = content
    told = []
    fetched = fetch_source("annomi", tmp_path / "data", standoff=standoff, mirror=server.address, on_file=told.append)
    assert (fetched.kept, fetched.left_out, told) == (2, (), ["AnnoMI-full.csv"])
    assert (tmp_path / "data" / "originals" / "annomi" / "AnnoMI-full.csv").read_bytes() == content


def test_corpus_download_alone_reaches_the_network_and_the_audit_page_alone_listens():
    package = Path(alliance_nlp.__file__).parent
    reaches = re.compile(
        r"^\s*(?:from|import) (?:urllib\.request|http\.client|socket|ssl|requests|httpx)\b", re.MULTILINE
    )
    found = {path.name for path in package.rglob("*.py") if reaches.search(path.read_text(encoding="utf-8"))}
    assert found == {"download.py", "serve.py"}

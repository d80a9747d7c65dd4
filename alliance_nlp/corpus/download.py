"""Downloading of the public files: the one place of the package that touches the network.

The home is asked which files it has; it also says a checksum of each (GitHub its blob hash, figshare an MD5), against
which the bytes are checked. A download that is cut goes on where it stopped, in the same call or in the next.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from ..errors import BadCorpus
from .sources import Home

_GITHUB_API = "https://api.github.com"
_GITHUB_RAW = "https://raw.githubusercontent.com"
_FIGSHARE_API = "https://api.figshare.com/v2"
_CHUNK = 1 << 16
_TIMEOUT_S = 60.0
_BY_HAND = "try again later, or download the files by hand and give their folder with --from"
_SAFE = re.compile(r"(?:[\w.()+-][\w .()+-]*/)*[\w.()+-][\w .()+-]*")


@dataclass(frozen=True)
class RemoteFile:
    """A file at its home; ``checksum`` is git's blob hash or an MD5 in hex, None where the home says none."""

    path: str
    url: str
    size: int | None
    git_blob: str | None = None
    md5: str | None = None


def list_files(home: Home, *, mirror: str | None = None) -> list[RemoteFile]:
    """Ask a home which of the wanted files it has.

    Args:
        home: the home.
        mirror: address of a server that answers in place of the home (the paths after the host stay the same).

    Raises:
        BadCorpus: it cannot be reached, or lists none of the files.
    """
    listed = _on_github(home, mirror) if home.kind == "github" else _on_figshare(home, mirror)
    wanted = re.compile(home.files)
    found = [file for file in listed if wanted.fullmatch(file.path) and _is_safe(file.path)]
    if not found:
        raise BadCorpus(home.repository or f"collection {home.collection}", "its home lists no such files", _BY_HAND)
    return found


def download(
    file: RemoteFile, folder: Path, *, attempts: int = 5, wait: Callable[[float], object] = time.sleep
) -> Path:
    """Download a file, unless it is there already and right.

    What has come so far stands beside it as ``NAME.part`` and is gone on with.

    Args:
        file: what to download.
        folder: where to; the file's own folders are made below it.
        attempts: how often to try when the connection is cut; each time but the first after a longer ``wait``.
        wait: waits so many seconds.

    Raises:
        BadCorpus: the server refuses, the connection stays cut, or the checksum is wrong.
    """
    target = folder / file.path
    if target.exists() and is_right(file, target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    resumed = part.exists()
    for attempt in range(attempts):
        if attempt:
            wait(2.0**attempt)
        try:
            _receive(file.url, part)
        except HTTPError as error:
            error.close()
            if error.code < 500:
                raise BadCorpus(file.url, f"the server answers {error.code} {error.reason}", _BY_HAND) from None
        except (URLError, HTTPException, OSError):
            pass  # cut or not reached: what came is kept, the next attempt goes on from there
        else:
            if is_right(file, part):
                part.replace(target)
                return target
            part.unlink()
            if not resumed:
                why = "the checksum is not the one its home gives"
                raise BadCorpus(file.url, why, "try again; if it stays so, download the files by hand")
            resumed = False  # the part of an earlier call may be of another version: once more from the start
    raise BadCorpus(file.url, "it cannot be reached, or the connection is cut again and again", _BY_HAND)


def is_right(file: RemoteFile, path: Path) -> bool:
    """Whether a file on disk has the size and the checksum that its home gives; one not given is not looked at."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return False
    if file.git_blob is not None:
        return _hash(path, hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)) == file.git_blob
    if file.md5 is not None:
        return _hash(path, hashlib.md5(usedforsecurity=False)) == file.md5
    return True


def _receive(url: str, part: Path) -> None:
    """Add to ``part`` what is missing of it; from the start where the server does not know ranges.

    Raises:
        HTTPError: the server refuses.
        OSError, HTTPException: the connection is cut.
    """
    have = part.stat().st_size if part.exists() else 0
    try:
        with _open(url, have) as answer:
            goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            length = answer.headers.get("Content-Length")
            received = 0
            with part.open("ab" if goes_on else "wb") as to:
                while chunk := answer.read(_CHUNK):
                    to.write(chunk)
                    received += len(chunk)
    except HTTPError as error:
        if error.code != 416:  # 416: nothing is missing any more, or the part is longer than the file
            raise
        error.close()
        return
    if length is not None and received < int(length):
        raise ConnectionError("cut")  # read() with a size gives what came and says nothing


def _open(url: str, start: int = 0) -> Any:
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadCorpus(url, "it is no http or https address", "use the address of a server")
    headers = {"User-Agent": "alliance_nlp", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    return urlopen(Request(url, headers=headers), timeout=_TIMEOUT_S)


def _json(url: str) -> Any:
    try:
        with _open(url) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        error.close()
        raise BadCorpus(url, f"the server answers {error.code} {error.reason}", _BY_HAND) from None
    except (URLError, HTTPException, OSError):
        raise BadCorpus(url, "it cannot be reached", _BY_HAND) from None
    except ValueError:
        raise BadCorpus(url, "the answer is no JSON", _BY_HAND) from None


def _on_github(home: Home, mirror: str | None) -> Iterator[RemoteFile]:
    api, raw = (mirror or base for base in (_GITHUB_API, _GITHUB_RAW))
    url = f"{api}/repos/{home.repository}/git/trees/HEAD?recursive=1"
    try:
        for entry in _json(url)["tree"]:
            if entry["type"] == "blob":
                at = f"{raw}/{home.repository}/HEAD/{quote(entry['path'])}"
                yield RemoteFile(entry["path"], at, entry["size"], git_blob=entry["sha"])
    except (KeyError, TypeError):
        raise BadCorpus(url, "the answer is no list of files", _BY_HAND) from None


def _on_figshare(home: Home, mirror: str | None) -> Iterator[RemoteFile]:
    api = f"{mirror}/v2" if mirror else _FIGSHARE_API
    url = f"{api}/collections/{home.collection}/articles?page_size=1000"
    try:
        for article in _json(url):
            url = f"{api}/articles/{int(article['id'])}"
            for file in _json(url)["files"]:
                md5 = file.get("computed_md5") or file.get("supplied_md5") or None
                at = file["download_url"]
                if mirror:
                    at = mirror + urlsplit(at).path
                yield RemoteFile(file["name"], at, file["size"], md5=md5)
    except (KeyError, TypeError, ValueError):
        raise BadCorpus(url, "the answer is no list of files", _BY_HAND) from None


def _is_safe(path: str) -> bool:
    """Whether a path that a server gave stays in the folder."""
    return _SAFE.fullmatch(path) is not None and ".." not in path.split("/")


def _hash(path: Path, digest: Any) -> str:
    with path.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    return str(digest.hexdigest())

"""Spoilt files for property tests: real ones with a part cut out, put in or replaced."""

import copy
import json
from math import isfinite

from hypothesis import strategies as st

from alliance_nlp.errors import AllianceError
from alliance_nlp.read import read_source
from alliance_nlp.read.source import Source
from alliance_nlp.records import Visit

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["1.5", "-1", "1e9", "2s", "\0", "\ud83d"]),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=4), SCALARS, max_size=2))


def read_all(name, data):
    """What reading these bytes gives; fails where it is anything but visits and clear sentences."""
    found = list(read_source(Source.in_memory(name, data), None, {}))
    assert found
    for one in found:
        assert isinstance(one, Visit | AllianceError)
        if isinstance(one, Visit):
            assert one.text is not None or one.turns
            times = [time for turn in one.turns for time in (turn.start_s, turn.end_s) if time is not None]
            assert all(isfinite(time) and time >= 0 for time in times)
    return found


def places(node, path=()):
    """The path of every value in JSON."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


@st.composite
def spoilt_json(draw, data):
    """JSON with one to three values replaced or taken out."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        *above, key = draw(st.sampled_from([path for path in places(data) if path]))
        node = data
        for step in above:
            node = node[step]
        if draw(st.booleans()):
            node[key] = draw(VALUES)
        else:
            del node[key]
        if not any(path for path in places(data) if path):
            break
    return json.dumps(data).encode()


@st.composite
def spoilt_text(draw, data):
    """Bytes with a stretch cut out and another put in."""
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 60)))
    put = draw(st.one_of(st.binary(max_size=6), st.sampled_from([b"\n", b"\n\n", b'"', b"-->", b"<v ", b":", b"\0"])))
    return data[:start] + put + data[end:]

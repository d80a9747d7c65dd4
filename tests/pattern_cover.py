"""Texts a regular expression matches, one for every branch in it: enough to see that none is out of reach."""

import re
from itertools import combinations, product
from re import _constants as kind
from re import _parser

ANY_LETTER = "µ"


def cover(pattern):
    """Texts that the pattern matches, one at least for every alternative; a free letter is `ANY_LETTER`."""
    texts = dict.fromkeys(_sequence(_parser.parse(pattern)))
    return [text for text in texts if re.search(pattern, text)]


def _sequence(nodes):
    """Texts of parts in a row: the first of each, with every two of them changed."""
    options = [_node(*node) for node in nodes]
    plain = [option[0] for option in options]
    texts = ["".join(plain)]
    for at, option in enumerate(options):
        texts += ["".join([*plain[:at], other, *plain[at + 1 :]]) for other in option]
    for a, b in combinations(range(len(options)), 2):
        for one, other in product(options[a][1:], options[b][1:]):
            texts.append("".join([*plain[:a], one, *plain[a + 1 : b], other, *plain[b + 1 :]]))
    return list(dict.fromkeys(texts))


def _node(what, of):
    if what is kind.LITERAL:
        return [chr(of)]
    if what in (kind.ANY, kind.NOT_LITERAL, kind.CATEGORY):
        return [" " if of is kind.CATEGORY_SPACE else "1" if of is kind.CATEGORY_DIGIT else ANY_LETTER]
    if what is kind.IN:
        return [ANY_LETTER] if of[0][0] is kind.NEGATE else [text for item in of for text in _node(*item)]
    if what is kind.BRANCH:
        return [text for branch in of[1] for text in _sequence(branch)]
    if what is kind.SUBPATTERN:
        return _sequence(of[-1])
    if what is kind.MAX_REPEAT:
        least, _, nodes = of
        if nodes[0][0] is kind.ANY:
            return [" "]
        once = _sequence(nodes)
        return [text * least for text in once] if least else ["", *once]
    if what in (kind.AT, kind.ASSERT, kind.ASSERT_NOT):
        return [""]
    raise NotImplementedError(what)

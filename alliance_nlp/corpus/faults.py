"""What is wrong with a record that is no visit, in words instead of pydantic's, which may quote the visit."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

_PLAIN = {
    "missing": "is missing",
    "string_type": "is no text",
    "int_type": "is no whole number",
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "float_type": "is no number",
    "float_parsing": "is no number",
    "bool_type": "is neither true nor false",
    "tuple_type": "is no list",
    "list_type": "is no list",
    "model_type": "is no JSON object",
    "model_attributes_type": "is no JSON object",
    "dict_type": "is no JSON object",
    "less_than_equal": "is too large",
    "greater_than_equal": "is too small",
}
_OTHERWISE = "has a value of the wrong kind"


def fault_of(error: ValidationError) -> str:
    """The first fault, as the end of a sentence that begins with the place.

    >>> from alliance_nlp.records import Visit
    >>> try:
    ...     Visit.model_validate({"visit_id": "v", "turns": [{"role": "nurse", "text": "Hi."}]})
    ... except ValidationError as error:
    ...     fault_of(error)
    'role of turn 0 is not provider, patient or other'
    """
    first = error.errors(include_url=False, include_input=False)[0]
    where, kind, context = _place(first["loc"]), first["type"], first.get("ctx", {})
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "")
        return f"{where} is not {allowed}"
    if kind == "value_error":  # a sentence of records.py
        return str(context["error"])
    return f"{where} {_PLAIN.get(kind, _OTHERWISE)}"


def _place(location: Sequence[int | str]) -> str:
    """``("turns", 3, "role")`` as ``role of turn 3``.

    >>> _place(("turns", 3, "role")), _place(("patient", "aliases", 0)), _place(())
    ('role of turn 3', 'aliases 0 of patient', 'the record')
    """
    words: list[str] = []
    for step in location:
        if isinstance(step, int) and words:
            words[-1] = f"{'turn' if words[-1] == 'turns' else words[-1]} {step}"
        else:
            words.append(str(step))
    return " of ".join(reversed(words)) or "the record"

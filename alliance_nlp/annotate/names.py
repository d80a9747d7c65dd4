from typing import Any


def make_names(nlp: Any, name: str) -> Any:
    raise NotImplementedError

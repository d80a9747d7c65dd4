"""Templates of pages by themselves, and the policy that lets nothing into a page but its own style."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from ..errors import MissingExtra

if TYPE_CHECKING:
    from jinja2 import Template


def check_jinja(doing: str) -> None:
    """Say before the work that a page cannot be written, not after.

    Args:
        doing: what jinja2 is needed for, such as "writing a page".

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    try:
        import jinja2  # noqa: F401
    except ImportError:
        raise MissingExtra(doing, "report") from None


def page_template(package: str | None, name: str) -> Template:
    """A template among a package's files; what is put in is escaped, and a name it does not know is an error.

    Args:
        package: ``__package__`` of the caller.
        name: the file's name.
    """
    from jinja2 import Environment, StrictUndefined

    assert package is not None  # only a script run by itself has none
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return page.from_string((files(package) / name).read_text("utf-8"))


def policy_hash(text: str) -> str:
    """A style or script as a Content-Security-Policy names it.

    >>> policy_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def style_policy(style: str) -> str:
    """Content-Security-Policy of a page without script: its own style, known by its hash, and nothing else.

    >>> style_policy("")[:54]
    "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TI"
    """
    return f"default-src 'none'; style-src '{policy_hash(style)}'; base-uri 'none'; form-action 'none'"

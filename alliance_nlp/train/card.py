"""The model card: what the model is for, what it learned from, how well it does, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any

from ..evaluate.table import as_markdown
from .curve import curve_table

_CURVE = (
    "Five folds in which patients, videos and pairs stay together; each row is of models that learned from a share of "
    "the visits outside the fold, measured on those inside, without soft labels and without an encoder."
)


def model_card(meta: Mapping[str, Any]) -> str:
    """Text of a model folder's ``README.md``, from its facts and measured figures."""
    template = Template((files(__package__) / "card.md").read_text("utf-8"))
    tables = [f"### {title}\n\n{as_markdown([tuple(row) for row in rows])}" for title, rows in meta["figures"].items()]
    if points := meta.get("learning_curve"):
        tables.append(f"### What more visits add\n\n{_CURVE}\n\n{curve_table(points)}")
    trained_on = ", ".join(f"{count} {what}" for what, count in meta["trained_on"].items())
    libraries = ", ".join(f"{name} {version}" for name, version in meta["libraries"].items())
    return template.substitute(
        name=f"{meta['lang']}_{meta['name']}-{meta['version']}",
        trained_on=trained_on,
        libraries=libraries,
        figures="\n\n".join(tables) or "Not measured: trained with --no-figures.",
    )

"""What importing costs, and which module may import which."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import alliance_nlp

PACKAGE = Path(alliance_nlp.__file__).parent
HEAVY = {"sklearn", "scipy", "pandas", "joblib"}

#: The way of a visit: a module imports from its own row and those above it.
FLOW = (
    ("records", "errors", "codes", "odds"),
    ("read",),
    ("abbreviations", "clauses", "tokens", "vectors", "parse"),
    ("annotate",),
    ("measures",),
    ("featurise",),
    ("interval",),
    ("estimate", "abstain"),
    ("report",),
    ("folder", "model", "calibration"),
    ("concord",),
    ("batch",),
    ("corpus",),
    ("train", "evaluate"),
    ("audit",),
    ("cli",),
    ("__init__", "__main__"),
)
ROW = {name: row for row, names in enumerate(FLOW) for name in names}
#: Steps back, each inside a function: the default coder is looked up, and the fitted estimators are given back.
BACK = {("annotate/coder.py", "folder"), ("model.py", "train")}
FILES = sorted(PACKAGE.rglob("*.py"))


def modules_after(code):
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def imports_of(path, inside=True):
    """Top part of every module of the package that a file imports, in functions too or at its own level alone."""
    tree = ast.parse(path.read_text("utf-8"))
    here = path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(tree) if inside else tree.body:
        found = []
        if isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if node.level:
                module = [*here[: len(here) - node.level], *module]
            elif module[0] == PACKAGE.name:
                module = module[1:]
            else:
                continue
            found = module[:1] or [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found = [alias.name.split(".")[1] for alias in node.names if alias.name.startswith(f"{PACKAGE.name}.")]
        yield from (name for name in found if not name.startswith("__"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    part = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert part in ROW, f"{part} has no row in the flow"
    place = path.relative_to(PACKAGE).as_posix()
    wrong = {(place, name) for name in imports_of(path) if ROW[name] > ROW[part]}
    assert wrong == {step for step in BACK if step[0] == place}
    assert not [name for name in imports_of(path, inside=False) if ROW[name] > ROW[part]]


def outside_imports(path):
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", sorted((PACKAGE / "annotate").glob("*.py")), ids=lambda path: path.name)
def test_imports_of_annotate_are_light(path):
    light = {"spacy", "numpy", "alliance_nlp", *sys.stdlib_module_names}
    assert set(outside_imports(path)) <= light


def test_imports_package_loads_nothing_heavy():
    loaded = {name.partition(".")[0] for name in modules_after("import alliance_nlp")}
    assert not loaded & (HEAVY | {"spacy", "numpy", "pydantic"})


def test_imports_package_opens_no_file():
    code = (
        "import sys\nopened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "import alliance_nlp\n"
        "assert not [path for path in opened if not path.endswith(('.py', '.pyc', '.so', '.pth', '.zip'))], opened"
    )
    modules_after(code)


def test_imports_entry_points_load_no_model():
    code = (
        "import sys\nopened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "import spacy\nnlp = spacy.blank('en')\n"
        "names = ['alliance_names', 'alliance_coder', 'alliance_goals', 'alliance_tasks', 'alliance_bond']\n"
        "assert all(spacy.Language.has_factory(name) or spacy.registry.factories.get(name) for name in names)\n"
        "for name in names: nlp.add_pipe(name)\n"
        "assert not [path for path in opened if path.endswith(('.npz', 'meta.json', 'estimator.json'))], opened"
    )
    loaded = modules_after(code)
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert "alliance_nlp.model" not in loaded


@pytest.mark.parametrize("name", alliance_nlp.__all__)
def test_imports_public_names_are_there(name):
    assert getattr(alliance_nlp, name)


def test_imports_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        alliance_nlp.nonsense  # noqa: B018


def test_imports_dir_lists_the_public_names():
    assert dir(alliance_nlp) == sorted(alliance_nlp.__all__)

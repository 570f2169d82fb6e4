"""What the documents say of the house is so: each module and table has its place on the map, each command its line."""

import re
from collections import Counter
from collections.abc import Iterable

from config import ROOT
from crm.models import Lead

DOCS = ROOT / "docs"
MAP = (DOCS / "architecture.md").read_text()
COMMANDS = {path.stem for path in (ROOT / "crm" / "cli").glob("*.py") if not path.stem.startswith("_")}
SAID = {"imports": "import"}  # a word that Python keeps for itself


def test_the_map_names_every_module():
    rooms = (ROOT / "crm").iterdir()
    modules = {path.stem for path in rooms if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert unnamed(modules - {"__init__"}, MAP) == []


def test_the_map_names_every_table():
    assert unnamed((mapper.class_.__name__ for mapper in Lead.registry.mappers), MAP) == []


def test_what_the_map_points_at_is_there():
    assert missing(MAP) == []


def test_every_command_is_explained():
    spoken = {f"crm {SAID.get(name, name)}" for name in COMMANDS}

    assert unnamed(spoken, (DOCS / "operating.md").read_text()) == []


def test_a_decision_has_a_number_of_its_own():
    numbers = Counter(path.name[:4] for path in (DOCS / "decisions").glob("*.md"))

    assert [number for number, times in numbers.items() if times > 1] == []


def test_what_is_not_there_is_caught():
    """The known-bad variants."""
    assert unnamed(["queue", "attic"], MAP) == ["attic"]
    assert missing("`queue/filters.py`, `queue/attic.py`, `bringing.py`, `<step>/views.py`") == ["queue/attic.py"]


def unnamed(names: Iterable[str], words: str) -> list[str]:
    return sorted(name for name in names if not re.search(rf"\b{name}\b", words))


def missing(words: str) -> list[str]:
    """The Python files named in the words that are nowhere in the house; a path is read from crm/ or from its root."""
    named = set(re.findall(r"`([\w/]+\.py)`", words))
    here = {str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.py"), *(ROOT / "crm").rglob("*.py")]}
    return sorted(name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in here))

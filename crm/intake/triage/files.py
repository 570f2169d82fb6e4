"""The data files of the rules."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def toml(name: str) -> dict[str, Any]:
    """One file of the folder, by its name without the ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))

"""Every word that visitors read, as the tools find it."""

from pathlib import Path

from babel.messages.frontend import CommandLineInterface

from config import ROOT

SETTINGS = ROOT / "translations" / "babel.cfg"
KEYWORDS = ("-k", "N_", "-k", "_several:1,2")


def extract(template: Path) -> None:
    """Write the catalogue of all there is to translate, as translations/babel.cfg says to."""
    found = ["-F", str(SETTINGS), *KEYWORDS, "-o", str(template)]
    CommandLineInterface().run(["pybabel", "-q", "extract", *found, str(ROOT)])

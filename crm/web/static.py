"""How style sheets, scripts, icons and fonts reach the browser: read once at start, named by content, kept for a year.

The pages link one style sheet, put together here from the files that css/lantern.css lists, in its order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

STYLE_SHEET = "css/lantern.css"
FONT_FACES = "css/fonts.css"  # stands outside the list: it joins only when the fonts were brought
KINDS = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
A_YEAR = 365 * 24 * 3600  # seconds; the longest that caches honour

_IMPORT = re.compile(r'^@import url\("([^"]+)"\);\n', re.MULTILINE)
_FONT_FILE = re.compile(r'url\("\.\./([^"]+\.woff2)"\)')


@dataclass(frozen=True)
class _File:
    """What is sent for one address below /static/, and the version that its content gives it."""

    body: bytes
    kind: str

    @property
    def version(self) -> str:
        return sha256(self.body).hexdigest()[:12]


def init_static(app: Flask) -> None:
    """Serve the app's static folder, compress what leaves, and give templates `asset(path)` and `has_asset(path)`.

    `asset` is a versioned address; it raises KeyError for a file that is not there, so that a typing error in a
    template is found by the first test that renders it.
    """
    folder = Path(app.static_folder or "")
    files = {path: _File(body, kind) for path, body, kind in _read(folder)}
    versions = {path: file.version for path, file in files.items()}
    compress = _compress_all_that_leaves(app)

    def send(filename: str) -> ResponseReturnValue:
        if filename not in files:
            abort(404)
        response = Response(files[filename].body, content_type=files[filename].kind)
        response.set_etag(versions[filename])
        if request.args.get("v") == versions[filename]:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        else:
            # An address without its version may mean other content tomorrow.
            response.headers["Cache-Control"] = "no-cache"
        return compress.after_request(response).make_conditional(request)

    def asset(path: str) -> str:
        return url_for("static", filename=path, v=versions[path])

    app.view_functions["static"] = send
    app.jinja_env.globals.update(asset=asset, has_asset=files.__contains__)


def _compress_all_that_leaves(app: Flask) -> Compress:
    """Pages are compressed as they leave; the one returned is for files, and keeps what it has compressed."""
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "zstd", "gzip"])
    app.config["COMPRESS_REGISTER"] = False
    for_files = Compress(app)
    for_files.cache, for_files.cache_key = DictCache(), lambda request: request.path
    app.config["COMPRESS_REGISTER"] = True
    Compress(app)
    return for_files


def _read(folder: Path) -> Iterator[tuple[str, bytes, str]]:
    """Everything a browser may ask for: address below /static/, bytes, content type."""
    yield STYLE_SHEET, _style_sheet(folder).encode(), "text/css; charset=utf-8"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in KINDS:
            yield path.relative_to(folder).as_posix(), path.read_bytes(), KINDS[path.suffix]


def _style_sheet(folder: Path) -> str:
    """The listed files in their order. One file, because every import costs the first visit a round trip."""
    sheet = folder / STYLE_SHEET
    parts = _IMPORT.sub(lambda line: (sheet.parent / line[1]).read_text(), sheet.read_text())
    return parts + _font_faces(folder)


def _font_faces(folder: Path) -> str:
    """The fonts, when every one of them is there; without them the pages use the system's, and nobody asks in vain."""
    faces = (folder / FONT_FACES).read_text()
    if all((folder / path).exists() for path in _FONT_FILE.findall(faces)):
        return _FONT_FILE.sub(lambda font: f'url("../{font[1]}?v={_version_of(folder / font[1])}")', faces)
    else:
        return ""


def _version_of(path: Path) -> str:
    return _File(path.read_bytes(), "").version

"""Style sheets, scripts and fonts: one sheet, named by content, compressed, kept; nothing else is given out."""

import re
import shutil
from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template_string

from crm.web.static import init_static

STATIC = Path(__file__).resolve().parents[2] / "crm" / "static"
A_FONT = b"wOF2 not really"


@pytest.fixture
def app():
    return an_app(STATIC)


@pytest.fixture
def folder(tmp_path):
    """A copy of the static files that a test may change."""
    shutil.copytree(STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    return tmp_path / "static"


def an_app(folder):
    app = Flask(__name__, static_folder=folder, static_url_path="/static")
    init_static(app)
    return app


def address(app, path="css/lantern.css"):
    with app.test_request_context():
        return render_template_string("{{ asset(path) }}", path=path)


def test_the_style_sheet_is_one_file_in_the_listed_order(app):
    sheet = app.test_client().get(address(app)).text

    assert "@import" not in sheet
    assert re.findall(r"@layer ([\w, ]+);", sheet) == ["tokens, base, layout, components, pages, print"]
    assert sheet.index("--spruce:") < sheet.index(".rail {") < sheet.index(".due-late {") < sheet.index("@media print")


def test_a_versioned_address_is_kept_for_a_year_and_another_one_is_asked_for_again(app):
    visitor = app.test_client()

    assert visitor.get(address(app)).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/static/css/lantern.css?v=old").headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/css/lantern.css").headers["Cache-Control"] == "no-cache"


def test_changed_content_has_another_address(folder):
    before = address(an_app(folder))
    (folder / "css" / "tokens.css").write_text("@layer tokens { :root { --paper: white; } }")

    assert address(an_app(folder)) != before


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_what_leaves_is_compressed_as_the_browser_asks(app, encoding):
    visitor = app.test_client()
    plain = visitor.get(address(app))
    small = visitor.get(address(app), headers={"Accept-Encoding": encoding})

    assert small.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 3


def test_compressed_bytes_are_the_same_content_the_second_time_too(app):
    visitor = app.test_client()
    plain = visitor.get(address(app)).data

    for _ in range(2):
        assert brotli.decompress(visitor.get(address(app), headers={"Accept-Encoding": "br"}).data) == plain


@pytest.mark.parametrize("accepts", ["", "br"])
def test_what_the_browser_has_is_not_sent_again(app, accepts):
    visitor = app.test_client()
    first = visitor.get(address(app), headers={"Accept-Encoding": accepts})
    again = visitor.get(address(app), headers={"Accept-Encoding": accepts, "If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


def test_pages_are_compressed_but_never_kept(app):
    words = iter(["first " * 200, "second " * 200])
    app.get("/page")(lambda: next(words))
    visitor = app.test_client()
    read = [brotli.decompress(visitor.get("/page", headers={"Accept-Encoding": "br"}).data) for _ in range(2)]

    assert read[0].startswith(b"first") and read[1].startswith(b"second")


@pytest.mark.parametrize("path", ["css/tokens.css", "css/none.css", "../wsgi.py", "%2e%2e/wsgi.py", "js/", ""])
def test_a_wrong_path_does_not_exist(app, path):
    assert app.test_client().get(f"/static/{path}").status_code == 404


def test_a_misspelt_asset_is_found_when_the_page_is_rendered(app):
    with pytest.raises(KeyError):
        address(app, "js/keyz.js")


def test_without_fonts_nobody_asks_for_them(folder):
    app = an_app(folder)

    assert "@font-face" not in app.test_client().get(address(app)).text


def test_brought_fonts_are_named_with_their_version(folder):
    fonts = folder / "vendor" / "fonts"
    fonts.mkdir(parents=True)
    for name in ("atkinson.woff2", "literata.woff2"):
        (fonts / name).write_bytes(A_FONT)
    app = an_app(folder)
    sheet = app.test_client().get(address(app)).text
    linked = re.findall(r'url\("\.\./(vendor/[^"]+)"\)', sheet)

    assert len(linked) == 2
    for link in linked:
        font = app.test_client().get(f"/static/{link}")
        assert font.data == A_FONT
        assert "immutable" in font.headers["Cache-Control"]

"""marimo's static files as browsers get them: small, kept, and the same bytes."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import brotli
import psutil
import pytest

from jupyter_reactive.assets import store as store_module
from jupyter_reactive.assets.catalog import Catalog
from jupyter_reactive.assets.compress import SUFFIXES, compressed, write_copies
from jupyter_reactive.notebooks import marimo_static


@pytest.fixture
def jp_server_config(jp_server_config, tmp_path):
    cache = {"cache_dir": str(tmp_path / "cache"), "precompress": False}
    return {**jp_server_config, "AssetStore": cache}


@pytest.fixture
def store(reactive):
    return reactive.assets


@pytest.fixture
def asset(fetch, store):
    """Fetch a static file; the body as it came."""

    async def ask(name: str, accept: str = "", version: str | None = None):
        return await fetch(
            "reactive",
            "assets",
            version or store.catalog.version,
            *name.split("/"),
            headers={"Accept-Encoding": accept} if accept else {},
            decompress_response=False,
        )

    return ask


def test_catalog_knows_what_the_page_needs(store):
    catalog = store.catalog
    page = (catalog.folder / marimo_static.PAGE_FILE).read_text("utf-8")
    assert catalog.fits(page)
    assert not catalog.fits(page.replace("./assets/index-", "./assets/other-"))
    assert not catalog.fits("<html></html>")
    assert len(marimo_static.page_files(page)) - 6 == len(
        marimo_static.page_files(marimo_static.without_rare_files(page))
    ), "two pictures, two fonts, a manifest and its icon"
    files = store.editor_files
    assert files[0] in marimo_static.page_files(page)
    assert len(files) == len(set(files)) > 200
    assert any(marimo_static.is_editor_file(name) and name.endswith(".js") for name in files)
    for name in files:
        if name.endswith(".js"):
            source = (catalog.folder / name).read_bytes()
            assert {f"assets/{file}" for file in marimo_static.imports(source)} <= catalog.names
    assert not {marimo_static.PAGE_FILE, "CLAUDE.md"} & set(files)
    assert [name for name in files if name.endswith(".wasm")], "its scripts wait for it"


async def test_pack_holds_scripts_and_small_sheets(store, asset):
    reply = await asset(store.catalog.pack_name, "br")
    index, _, rest = brotli.decompress(reply.body).partition(b"\n")
    for name, size in json.loads(index):
        assert rest[:size] == (store.catalog.folder / name).read_bytes()
        rest = rest[size:]
    assert not rest
    packed = {name for name, _size in json.loads(index)}
    assert packed > {name for name in store.editor_files if name.endswith(".js")}
    assert not packed & set(store.packed_files)
    assert packed.union(store.packed_files) > set(store.editor_files)
    assert "immutable" in reply.headers["Cache-Control"]


async def test_worker_is_marimos_and_ours(started, browse, store, jp_base_url, notebook):
    page = (await browse("reactive", "edit/", params={"file": notebook})).text
    assert 'type="module"' not in page
    assert page.count(f'"{marimo_static.DEFERRED}"') > 100
    address = marimo_static.worker_address(page)
    assert address
    assert address.partition("?")[0] == f".{marimo_static.WORKER_ROUTE}"
    reply = await browse("reactive", f"edit{marimo_static.WORKER_ROUTE}")
    assert "X-Notebook-Id" in reply.text
    assert f"{jp_base_url}reactive/assets/{store.catalog.version}/" in reply.text
    assert store.catalog.pack_name in reply.text
    assert "javascript" in reply.headers["Content-Type"]


async def test_page_takes_its_files_from_here(started, browse, asset, store, jp_base_url):
    page = (await browse("reactive", "edit/")).text
    base = f"{jp_base_url}reactive/assets/{store.catalog.version}/"
    links = re.findall(r"(?:href|src)=\"([^\"]+)\"", page)
    ours = [link.removeprefix(base) for link in links if link.startswith(base)]
    assert len(ours) > 100
    assert not [link for link in links if link.startswith("./")]
    for name in ours[:5] + [name for name in ours if not name.endswith(".js")]:
        reply = await asset(name)
        assert reply.status == 200
        assert reply.body == (store.catalog.folder / name).read_bytes()


async def test_files_can_be_fetched_ahead(api, asset, jp_base_url, store):
    base = f"{jp_base_url}reactive/assets/{store.catalog.version}/"
    for form, expected in (("files", store.editor_files), ("packed", store.packed_files)):
        files = (await api("GET", "assets", params={"form": form})).json["files"]
        assert files == [base + name for name in expected]
        assert (await asset(expected[0], "gzip")).status == 200
    assert len(store.packed_files) < 15
    assert (await api("GET", "assets")).json["files"][0] == base + store.editor_files[0]
    assert (await api("GET", "assets", params={"form": "other"})).status == 400


async def test_page_of_another_marimo_keeps_its_own_files(started, browse, store):
    store.catalog = None
    assert 'src="./assets/index-' in (await browse("reactive", "edit/")).text


@pytest.mark.parametrize("accept", ["", "gzip, deflate, br, zstd", "gzip;q=1.0, br;q=0", "*;q=0"])
async def test_encodings_and_headers(asset, store, accept):
    name = next(name for name in store.editor_files if name.endswith(".js"))
    wanted = (store.catalog.folder / name).read_bytes()
    encoding = "br" if ", br," in accept else "gzip" if "gzip" in accept else None
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    for _ in ("as it comes", "as a copy"):
        reply = await asset(name, accept)
        assert reply.headers.get("Content-Encoding") == encoding
        assert decode(reply.body) == wanted
        assert len(reply.body) == int(reply.headers["Content-Length"])
        assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert reply.headers["Vary"] == "Accept-Encoding"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in reply.headers
        assert "ETag" not in reply.headers
        if encoding is not None:
            copy = Path(store.cache_dir, store.catalog.key, f"{name}{SUFFIXES[encoding]}")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(compressed(wanted, encoding, best=True))


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "assets",
        "assets/",
        "assets/nothing.js",
        "../__init__.py",
        "assets/../index.html",
        "%2e%2e/__init__.py",
        "assets/%2e%2e/index.html",
        "//etc/passwd",
        "assets\\..\\index.html",
    ],
)
async def test_nothing_else_is_served(asset, name):
    assert (await asset(name)).status in {403, 404}


async def test_other_version_is_not_served(asset, store):
    assert (await asset(store.editor_files[0], version="0.1.0")).status == 404


async def test_copies_are_made_once_and_used(store, tmp_path, asset):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "assets").mkdir(parents=True)
    texts = {
        "index.html": '<script src="./assets/a.js"></script>',
        "assets/a.js": "a" * 5000,
        "assets/b.css": "b" * 900,
        "c.png": "c" * 900,
    }
    for name, text in texts.items():
        (source / name).write_text(text)
    catalog = Catalog(source, "1", "key", frozenset(texts) - {"index.html"})
    written = [path.relative_to(target).as_posix() for path in write_copies(catalog, target)]
    names = ["key.pack", "assets/b.css", "assets/a.js"]
    assert written == [name + suffix for name in names for suffix in (".br", ".gz")]
    assert list(write_copies(catalog, target)) == []
    assert brotli.decompress((target / "assets/a.js.br").read_bytes()) == b"a" * 5000
    pack = brotli.decompress((target / "key.pack.br").read_bytes())
    index = b'[["assets/a.js", 5000], ["assets/b.css", 900]]\n'
    assert pack == index + b"a" * 5000 + b"b" * 900
    assert len([path for path in target.rglob("*.*") if path.is_file()]) == len(written)


async def test_best_copies_are_made_in_the_background_until_jupyter_ends(store, until, monkeypatch):
    monkeypatch.setattr(store_module, "DELAY", 0)
    monkeypatch.setattr(store_module, "environment_folder", lambda: Path(store.cache_dir, "none"))
    store.precompress = True
    store.compress_soon()
    kept = Path(store.cache_dir, store.catalog.key)
    # A copy shows under its name when it is whole; the first one is the largest.
    await until(lambda: kept.is_dir() and any(kept.iterdir()))
    (child,) = [c for c in psutil.Process().children() if str(kept) in c.cmdline()]
    store.stop()
    await until(lambda: not child.is_running())


@pytest.fixture
def small_catalog(tmp_path) -> Catalog:
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.html").write_text("")
    names = [f"{number}.js" for number in range(60)]
    for name in names:
        (source / name).write_bytes(random.Random(name).randbytes(20_000).hex().encode())
    return Catalog(source, "1", "key", frozenset(names))


def whole_copies(catalog: Catalog, target: Path) -> set[str]:
    """The names of the copies; each is whole, and nothing else is there."""
    found = set()
    for copy in target.iterdir():
        name = copy.name.removesuffix(copy.suffix)
        decode = brotli.decompress if copy.suffix == ".br" else gzip.decompress
        assert decode(copy.read_bytes()) == catalog.read(name)
        found.add(copy.name)
    return found


def test_several_may_compress_at_the_same_time(small_catalog, tmp_path):
    target = tmp_path / "target"
    with ProcessPoolExecutor(3, get_context("spawn")) as pool:
        for done in [pool.submit(compress_all, small_catalog, target) for _ in range(3)]:
            done.result()
    assert len(whole_copies(small_catalog, target)) == 2 * len(small_catalog.compressible())


def compress_all(catalog: Catalog, target: Path) -> None:
    for _copy in write_copies(catalog, target):
        pass


def test_a_full_disk_leaves_whole_copies(small_catalog, tmp_path):
    target = tmp_path / "disk"
    target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(target)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs root and the right to mount one")
    try:
        with pytest.raises(OSError, match="No space left"):
            compress_all(small_catalog, target)
        assert whole_copies(small_catalog, target)
    finally:
        subprocess.run(["umount", target], check=True)


async def test_warm_says_why_it_cannot(tmp_path):
    program = Path(sys.executable).with_name("jupyter-reactive")
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    arguments = ("warm", "--user", f"--AssetStore.cache_dir={blocked}")
    child = await asyncio.create_subprocess_exec(
        str(program), *arguments, stderr=asyncio.subprocess.PIPE
    )
    _out, told = await child.communicate()
    assert child.returncode == 1
    assert "cannot be written" in told.decode()
    assert "--user" in told.decode()


async def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path, asset, store):
    target = tmp_path / "file"
    target.write_text("")
    store.cache_dir = str(target)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jupyter_reactive.assets.compress"),
        str(target / "x"),
        stderr=asyncio.subprocess.PIPE,
    )
    _out, told = await child.communicate()
    assert child.returncode == 1
    assert "Not a directory" in told.decode()
    name = next(name for name in store.editor_files if name.endswith(".js"))
    assert (await asset(name, "br")).headers["Content-Encoding"] == "br"

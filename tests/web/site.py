"""Websites besides the bot's own: the example of a clinic, and a page that makes it hard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from tests.conftest import ROOT

EXAMPLE_BOT = "http://localhost:5005"  # as the example names it
FOLDERS = {"clinic": ROOT / "examples/host-page", "hostile": ROOT / "tests/web/hostile"}
ELSEWHERE = b"<!doctype html><title>Weather</title><h1>Sunny</h1>"
JQUERY = ROOT / "var/npm/jquery/dist/jquery.min.js"


@contextmanager
def served(port: int, bot: str) -> Iterator[str]:
    """The sites at /clinic/, /hostile/ and /elsewhere, with the bot's address put into them."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = page(self.path)
            self.send_response(200 if body else 204)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Nothing on the terminal."""

    def page(path: str) -> tuple[bytes, str]:
        site, _, name = path.strip("/").partition("/")
        if site == "elsewhere":
            return ELSEWHERE, "text/html"
        file = (
            JQUERY
            if name == "jquery.js"
            else FOLDERS.get(site, Path("none")) / (name or "index.html")
        )
        if not file.is_file():
            return b"", "text/plain"
        text = file.read_text(encoding="utf-8").replace(EXAMPLE_BOT, bot).replace("BOT", bot)
        kind = guess_type(file.name)[0] or "text/plain"
        return (text if name != "jquery.js" else file.read_text()).encode(), kind

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        server.server_close()

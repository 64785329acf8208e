"""The chat page, its style sheet and the widget as one script: read once, sent compressed.

The modules of web/ are joined without a build tool, so that one script tag is one request.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.http import ClientError
from bot.settings import ROOT, Settings

WEB = ROOT / "web"
_IMPORT = re.compile(r"^import [^;]*?[\"']\./([\w-]+\.js)[\"'];\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|class|function|async)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class _File:
    """A file as it is sent; `tag` is told by browsers that hold it already."""

    kind: str
    body: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, text: str, kind: str) -> _File:
        body = text.encode("utf-8")
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return cls(f"{kind}; charset=utf-8", body, gzip.compress(body, 9, mtime=0), tag)


class Pages:
    """What is under /chat for browsers; nothing else of web/ can be named."""

    def __init__(self, settings: Settings) -> None:
        self._files = {
            "": _File.of(_read("chat.html"), "text/html"),
            "page.css": _File.of(_read("page.css"), "text/css"),
            "widget.js": _File.of(widget_script(settings), "text/javascript"),
        }

    def send(self, request: Request, name: str) -> HTTPResponse:
        """The file, compressed where the browser takes that. Raises ClientError 404."""
        file = self._files.get(name)
        if file is None:
            raise ClientError(404, "not_found", "There is nothing at this address.")
        headers = {"Cache-Control": "no-cache", "ETag": file.tag, "Vary": "Accept-Encoding, Origin"}
        if file.tag in request.headers.get("if-none-match", ""):
            return response.empty(304, headers=headers)
        body = file.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = file.packed, "gzip"
        return response.raw(body, content_type=file.kind, headers=headers)


def widget_script(settings: Settings) -> str:
    """widget.js and all that it imports, as one module, with what the settings say."""
    known = {"phone": settings.care_team_phone, "leaveTo": settings.leave_page_url}
    script = f"const settings = {json.dumps(known)};\n"
    return script + "".join(_joined("widget.js", {"settings.js"}))


def _joined(name: str, seen: set[str]) -> list[str]:
    """The module after those that it imports, each once."""
    seen.add(name)
    text = _read(name)
    before: list[str] = []
    for imported in _IMPORT.findall(text):
        if imported not in seen:
            before += _joined(imported, seen)
    return [*before, _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))]


def _read(name: str) -> str:
    return (Path(WEB) / name).read_text(encoding="utf-8")

"""The summary as a PDF: one page, tagged for screen readers (PDF/UA-1), with selectable text.

Typst sets it from summary.typ and embeds the fonts. They come with packages: DejaVu with
matplotlib, which Rasa brings (Latin, Greek, Cyrillic, Hebrew, Arabic), and Noto Sans CJK.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from bot.errors import SummaryNotMade
from bot.interview.summary import Summary
from bot.interview.summary_page import page_of, shortened
from bot.interview.timeline import to_svg
from bot.logs import event_log

log = event_log(__name__)
_FONT_FOLDERS = (("matplotlib", "mpl-data/fonts/ttf"), ("cvttf_NotoSansCJK_Regular", "."))
_ONE_AT_A_TIME = Lock()  # a page takes 0.05 s and all of a core


def to_pdf(value: Summary) -> bytes:
    """The page. With a letter that no font has, it is tagged all the same, but not marked PDF/UA.

    Raises SummaryNotMade.
    """
    page = shortened(page_of(value), value.layout.shortened)
    words = page.timeline.words if page.timeline else ""
    told = {
        "page": json.dumps({**asdict(page), "timeline": None, "timeline_words": words}),
        "picture": to_svg(page.timeline) if page.timeline else "",
    }
    with _ONE_AT_A_TIME:
        try:
            return _set(told, ["ua-1"])
        except typst.TypstError:
            log.info("summary_pdf_without_ua")
        try:
            return _set(told, [])
        except typst.TypstError as error:
            raise SummaryNotMade("the PDF of a summary") from error


def _set(told: dict[str, str], standards: Any) -> bytes:
    compiler = typst.Compiler(_template(), font_paths=_fonts(), sys_inputs=told)
    made = compiler.compile(format="pdf", pdf_standards=standards)
    if not isinstance(made, bytes):
        raise AssertionError("one PDF is made of one page or more")
    return made


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("bot.interview").joinpath("summary.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in _font_folders()],
    )


def _font_folders() -> list[Path]:
    found = [(find_spec(package), folder) for package, folder in _FONT_FOLDERS]
    return [Path(s.origin).parent / folder for s, folder in found if s is not None and s.origin]

"""Every regular expression of the project, timed on hostile texts: `python -m benchmarks.redos`.

They are collected as they are compiled: all modules are imported, content/ is read, and real
sentences go through everything that reads text, so those that are built from content or from a
message are there, too. What was not compiled then is taken from the source; a call that does not
hold its expression in full and was not reached is named.

For each, texts of 20,000 characters are made from its own parts: each part repeated, after what
stands before it, as a whole that nearly matches, and with an end that spoils it.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import random
import re
import signal
import sre_constants as c
import sre_parse
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from bot.rasa_parts.stand_ins import TENSORFLOW, stand_in_for
from bot.settings import ROOT

SIZE = 20_000
BOUND_MS = 250.0
GIVE_UP_S = 2.0
END, SLOWEST = 1500, 3
REPORT = ROOT / "docs" / "regular-expressions.md"
PROGRAM = ("bot", "actions")
_RE = {re.__file__, sre_parse.__file__}
# Called by nobody who is not trusted: they read content/ or web/ when the bot starts.
AT_START = ("bot/content/", "bot/channels/pages.py", "bot/knowledge/__main__.py",
            "bot/triage/care_card.py", "bot/knowledge/glossary.py:197")  # fmt: skip
# Sentences that make the expressions which are built only then.
EXTRA = (
    "it began on Christmas Day", "for the past week", "the fever started on Monday, not Sunday",
    "what does MRD mean?", "i had a feever and night swets", "is this my second relapse?",
    "first relapse 2 years after remission", "he has relapsed twice", "a late relapse",
    "my temperature is 38.5 C",
)  # fmt: skip
# Made in a tuple, so that the use is not found by the name.
USED_WITH = {"bot/knowledge/glossary.py": frozenset({"fullmatch"})}


@dataclass
class Expression:
    """A compiled expression, where it stands, and the methods it is used with."""

    pattern: re.Pattern[str]
    place: str
    methods: frozenset[str]
    worst_ms: float = 0.0
    worst_text: str = ""

    @property
    def is_at_start(self) -> bool:
        """Does it read only our own files?"""
        return self.place.startswith(AT_START)


# -- collecting ----------------------------------------------------------------------------------


@dataclass
class Collector:
    """Notes each expression that the program compiles, by the line that does."""

    seen: dict[tuple[str, int, str], str] = field(default_factory=dict)
    methods: dict[str, set[str]] = field(default_factory=dict)

    def __enter__(self) -> Collector:
        self._compile = re._compile  # type: ignore[attr-defined]
        re._compile = self._noting  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_: object) -> None:
        re._compile = self._compile  # type: ignore[attr-defined]

    def _noting(self, pattern: Any, flags: int) -> Any:
        compiled = self._compile(pattern, flags)
        frame: FrameType | None = sys._getframe(1)
        method = frame.f_code.co_name if frame else ""
        while frame is not None and frame.f_code.co_filename in _RE:
            frame = frame.f_back
        if frame is not None and isinstance(compiled.pattern, str):
            file = Path(frame.f_code.co_filename)
            if any(file.is_relative_to(ROOT / part) for part in PROGRAM):
                place = f"{file.relative_to(ROOT)}:{frame.f_lineno}"
                self.seen.setdefault((compiled.pattern, compiled.flags, str(file)), place)
                self.methods.setdefault(place, set()).add(method)
        return compiled


def collect(sentences: int) -> tuple[list[Expression], list[str]]:
    """All expressions, and the lines that make one and were not reached. In a new process only:
    modules that are imported already compile nothing."""
    loaded = [name for name in sys.modules if name.startswith(("bot.nlu", "bot.interview"))]
    if loaded:
        raise RuntimeError(f"collect first of all; loaded already: {loaded[:3]}")
    with Collector() as noted:
        for name in PROGRAM:
            for module in pkgutil.walk_packages([str(ROOT / name)], f"{name}."):
                if not module.name.startswith("bot.database.migrations"):
                    _import(module.name)
        _exercise(sentences)
    sources = {path: path.read_text(encoding="utf-8") for path in _source_files()}
    found = [
        Expression(
            re.compile(pattern, flags),
            place,
            _used_with(place, noted.methods[place], sources),
        )
        for (pattern, flags, _), place in sorted(noted.seen.items(), key=lambda item: item[1])
    ]
    missed = []
    for place, call in _not_reached(noted.methods, sources):
        written = _written(place, call)
        if written is not None:
            found.append(written)
        else:
            missed.append(place)
    return found, missed


def _import(name: str) -> None:
    if name.endswith("__main__") and name != "bot.knowledge.__main__":
        return
    importlib.import_module(name)


def _exercise(sentences: int) -> None:
    from benchmarks.fuzz_inputs import MUTATIONS
    from benchmarks.fuzz_inputs import sentences as real
    from benchmarks.fuzz_targets import TODAY, targets
    from bot.content.all_content import read_content
    from bot.interview.screening import is_date_correction
    from bot.interview.step import take_message

    dice = random.Random(1)  # noqa: S311  no secret
    texts = [*EXTRA, *dice.sample(real(), min(sentences, len(real())))]
    script = read_content(ROOT / "content").interview
    told = take_message(script, [], text="feever since May", message_id="1", today=TODAY).answers
    for text in EXTRA:
        is_date_correction(script, told, text, today=TODAY)
    for target in targets():
        for text in texts:
            target.call(text if target.takes == "text" else MUTATIONS[target.takes](dice))


def _source_files() -> list[Path]:
    files = [path for part in PROGRAM for path in sorted((ROOT / part).rglob("*.py"))]
    return [path for path in files if "migrations" not in path.parts]


def _not_reached(
    reached: Iterable[str], sources: dict[Path, str]
) -> Iterator[tuple[str, ast.Call]]:
    """Calls of `re` that nothing was compiled at, with their first lines."""
    lines = set(reached)
    for path, text in sources.items():
        name = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _is_of_re(node.func):
                last = node.end_lineno or node.lineno
                if lines.isdisjoint(f"{name}:{line}" for line in range(node.lineno, last + 1)):
                    yield f"{name}:{node.lineno}", node


def _is_of_re(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "re"
        and called.attr != "escape"
    )


def _written(place: str, call: ast.Call) -> Expression | None:
    """The expression of such a call, where it stands there in full."""
    if not isinstance(call.args[0], ast.Constant) or not isinstance(call.func, ast.Attribute):
        return None
    written = [*call.args[1:], *(more.value for more in call.keywords)]
    marks = [n.attr for arg in written for n in ast.walk(arg) if isinstance(n, ast.Attribute)]
    flags = sum(getattr(re, name) for name in marks if name.isupper())
    return Expression(re.compile(call.args[0].value, flags), place, frozenset({call.func.attr}))


def _used_with(place: str, called: set[str], sources: dict[Path, str]) -> frozenset[str]:
    """search, match, fullmatch, ...: from the call, or from the uses of the name it was given."""
    direct = called - {"compile", "_noting"}
    if "compile" not in called:
        return frozenset(direct)
    file, _, line = place.partition(":")
    text = sources[ROOT / file]
    name = re.match(r"\s*(?:self\.)?(\w+)\s*=", text.splitlines()[int(line) - 1])
    used = re.findall(rf"\b{name.group(1)}\.(\w+)\(", text) if name else []
    return frozenset({*direct, *used}) or USED_WITH.get(file) or frozenset({"finditer"})


# -- hostile texts -------------------------------------------------------------------------------


def hostile(pattern: re.Pattern[str]) -> list[str]:
    """Texts of SIZE characters that may take this expression long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tree = sre_parse.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = _sample(tree)
    parts = {
        ("", part)
        for part in (whole, whole[:-1], whole[1:], *" a1.,'-\n9ÿ", "a ", "1 ", "a'", "no ")
    }
    parts |= set(_repeats(tree, ""))
    texts: dict[str, None] = {}
    for before, part in sorted(parts):
        if not part:
            continue
        many = part * (SIZE // len(part))
        texts |= dict.fromkeys(
            (many, f"{before}{many}", f"{before}{many}\x01", f"{many}{whole[-20:]}")
        )
        if before:
            both = before + part
            spread = (before + part * 9) * (SIZE // (len(before) + 9 * len(part)) + 1)
            apart = f"{both} " * (SIZE // (len(both) + 1))
            texts |= dict.fromkeys((both * (SIZE // len(both)), apart, spread))
    return [text[-SIZE:] if text.endswith("\x01") else text[:SIZE] for text in texts]


def _sample(tree: Iterable[Any]) -> str:
    return "".join(_one(op, value) for op, value in tree)


def _one(op: Any, value: Any) -> str:
    """A text that this part matches, or nearly."""
    if op is c.LITERAL:
        return chr(value)
    if op is c.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is c.ANY:
        return "a"
    if op is c.IN:
        return _member(value)
    if op is c.BRANCH:
        return _sample(value[1][0])
    if op is c.SUBPATTERN:
        return _sample(value[3])
    if op in (c.MAX_REPEAT, c.MIN_REPEAT):
        return _sample(value[2]) * max(1, min(value[0], 20))
    return ""


def _member(items: Sequence[Any]) -> str:
    classes = {
        c.CATEGORY_SPACE: " ", c.CATEGORY_DIGIT: "1", c.CATEGORY_WORD: "a",
        c.CATEGORY_NOT_SPACE: "a", c.CATEGORY_NOT_DIGIT: "a", c.CATEGORY_NOT_WORD: " ",
    }  # fmt: skip
    if items[0][0] is c.NEGATE:
        barred = [item for item in items[1:]]
        return next((s for s in "a 1.-é" if not any(_holds(i, s, classes) for i in barred)), "x")
    op, value = items[0]
    if op is c.LITERAL:
        return chr(value)
    return chr(value[0]) if op is c.RANGE else classes.get(value, "a")


def _holds(item: Any, letter: str, classes: dict[Any, str]) -> bool:
    op, value = item
    if op is c.LITERAL:
        return ord(letter) == value
    if op is c.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return classes.get(value) == letter


def _repeats(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Each part that may come again, and each way (of many: some) to go on, with what stands
    before it."""
    for op, value in tree:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT):
            body = value[2]
            if value[1] > 1:
                yield before, _sample(body)
            yield from _repeats(body, before)
        elif op is c.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _repeats(value[1], before)
        elif op is c.BRANCH:
            for way in _some(value[1]):
                yield before, _sample(way)
                yield from _repeats(way, before)
        before += _one(op, value)
    yield before[: len(before) // 2], before


def _some(ways: Sequence[Any], most: int = 8) -> Sequence[Any]:
    """All that hold a repeat, and some of the plain words."""
    open_ended = [way for way in ways if any(op in (c.MAX_REPEAT, c.SUBPATTERN) for op, _ in way)]
    return [*open_ended, *ways[: most // 2], *ways[-most // 2 :]]


# -- timing --------------------------------------------------------------------------------------


class GivenUp(BaseException):
    """It takes too long."""


def measure(expression: Expression, texts: Sequence[str], whole: int = SLOWEST) -> None:
    """Keep the worst time, and the text that took it: of all texts their ends alone, then as a
    whole the `whole` slowest of them. A time over BOUND_MS is taken again."""
    for method in _methods(expression):
        ends = sorted(texts, key=lambda text: -_took_ms(method, text[:END] + text[-30:]))
        for text in ends[:whole]:
            took = _took_ms(method, text)
            if took > BOUND_MS:
                took = min(took, _took_ms(method, text))
            if took > expression.worst_ms:
                expression.worst_ms, expression.worst_text = took, text


def _methods(expression: Expression) -> list[Callable[[str], object]]:
    pattern = expression.pattern
    found: list[Callable[[str], object]] = []
    if expression.methods & {"match", "fullmatch"}:
        found += [pattern.match, pattern.fullmatch]
    if expression.methods - {"match", "fullmatch"}:
        found.append(lambda text: sum(1 for _ in pattern.finditer(text)))
    return found


def _took_ms(call: Callable[[str], object], text: str) -> float:
    def stop(_: int, __: FrameType | None) -> None:
        raise GivenUp

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVE_UP_S)
    begun = time.thread_time()  # on the processor: other programs run, too
    try:
        call(text)
    except GivenUp:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return 1000 * (time.thread_time() - begun)


# -- report --------------------------------------------------------------------------------------


def table(expressions: Sequence[Expression]) -> Iterator[str]:
    """As Markdown, the worst first."""
    yield "| worst, ms | of a text like | expression | stands in |"
    yield "|---|---|---|---|"
    places: dict[str, list[Expression]] = {}
    for e in sorted(expressions, key=lambda e: (-round(e.worst_ms), e.place)):
        places.setdefault(e.place, []).append(e)
    for place, (e, *others) in places.items():
        text = _code(f"{e.worst_text[:24]!r}"[1:-1])
        more = f" and {len(others):,} more" if others else ""
        pattern = _code(_short(e.pattern.pattern))
        yield f"| {e.worst_ms:.0f} | {text}... | {pattern}{more} | `{place}` |"


def _short(pattern: str, most: int = 60) -> str:
    line = pattern.replace("\n", "\\n")
    return line if len(line) <= most else f"{line[: most - 20]} ... {line[-15:]}"


def _code(text: str) -> str:
    safe = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return f"`` {safe.replace('|', chr(92) + '|')} ``"


def main() -> int:
    """Print the table; 1 when one is over the bound, or was not reached."""
    begun = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--quick", action="store_true", help="print what is wrong, write nothing")
    wanted = parser.parse_args()
    stand_in_for(TENSORFLOW)  # as in the bot
    expressions, not_reached = collect(wanted.sentences)
    sys.stdout.write(f"{len(expressions)} expressions\n")
    sys.stdout.flush()
    if wanted.quick:
        expressions = [e for e in _few_of_each_place(expressions) if not e.is_at_start]
    for expression in expressions:
        measure(expression, hostile(expression.pattern), 1 if wanted.quick else SLOWEST)
    read = [e for e in expressions if not e.is_at_start]
    over = [e for e in read if e.worst_ms > BOUND_MS]
    missed = [place for place in not_reached if not place.startswith(AT_START)]
    if not wanted.quick:
        REPORT.write_text("\n".join(_document(expressions)) + "\n", encoding="utf-8")
    for line in table(over if wanted.quick else expressions):
        sys.stdout.write(line + "\n")
    sys.stdout.write("".join(f"NOT REACHED {place}\n" for place in missed))
    took = time.monotonic() - begun
    sys.stdout.write(f"{len(expressions)} measured in {took:.0f} s, {len(over)} over the bound\n")
    return 1 if over or missed else 0


def _few_of_each_place(expressions: Sequence[Expression], most: int = 4) -> list[Expression]:
    """Of the many that are made alike (one for each name of a symptom) only some."""
    places: dict[str, list[Expression]] = {}
    for expression in expressions:
        places.setdefault(expression.place, []).append(expression)
    return [e for found in places.values() for e in found[:most]]


def _document(expressions: Sequence[Expression]) -> Iterator[str]:
    read = [e for e in expressions if not e.is_at_start]
    yield "# Regular expressions on hostile texts"
    yield ""
    yield "Written by `make redos` (benchmarks/redos.py, which says how); do not edit. Texts of"
    yield f"{SIZE:,} characters, made of the parts of each expression; the bound is"
    yield f"{BOUND_MS:.0f} ms on the processor."
    yield ""
    yield f"## {len(read)} that read what people send"
    yield ""
    yield from table(read)
    yield ""
    yield "## Those that read only files of our own, when the bot starts or an editor works"
    yield ""
    yield from table([e for e in expressions if e.is_at_start])


if __name__ == "__main__":
    sys.exit(main())

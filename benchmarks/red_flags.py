"""How the red flags do on their sets of cases: `python -m benchmarks.red_flags`.

The rules and the second reader, as in the bot. Prints figures only, never a sentence. 95 %
intervals are Wilson's. The cases are invented and were not read by a clinician: no clinical
evidence. On what the reader was trained on ("learned from") the figures are too good.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from benchmarks.figures import share
from bot.content.all_content import Content, read_content
from bot.content.red_flag_examples import Example, read_examples
from bot.content.red_flags import RedFlagContent
from bot.nlu.emergencies import SignReader
from bot.nlu.encoder import shared_encoder
from bot.nlu.trained import red_flag_scores
from bot.settings import ROOT
from bot.training import training_pairs
from bot.triage.raising import CONFIRMABLE, Finding
from bot.triage.red_flags import RedFlagDetector
from bot.triage.second_reading import Scores, second_reading

SETS = {
    "own": "tests/cases/red_flags.yml",
    "learned from (1)": "content/red_flag_examples/2026_11.yml",
    "learned from (2)": "content/red_flag_examples/2026_11_b.yml",
    "learned from (3)": "content/red_flag_examples/2026_11_29_c.yml",
    "learned from (4)": "content/red_flag_examples/2026_11_29_d.yml",
    "learned from (5)": "content/red_flag_examples/2026_11_29_e.yml",
    "learned from (6)": "content/red_flag_examples/2026_11_29_talk.yml",
    "set aside": "tests/cases/red_flags_2026_11_b.yml",
    "set aside 2": "tests/cases/red_flags_2026_11_29.yml",
    "held-out": "tests/cases/held_out/red_flags.yml",
    "held-out 2": "tests/cases/held_out/red_flags_2.yml",
    "held-out 3": "tests/cases/held_out/red_flags_3.yml",
    "held-out 4": "tests/cases/held_out/red_flags_4.yml",
}
RANK = {"none": 0, "confirm": 0, "routine": 1, "urgent": 2, "emergency": 3, "crisis": 3}
ALARMS = ("crisis", "emergency", "urgent")
FOLDS = 5
Outcome = Literal["card", "ask", "silent"]
Read = Callable[[str], Finding]


@dataclass(frozen=True)
class Case:
    """A message, the level it must raise, and the row of the table."""

    says: str
    level: str
    sign: str
    kind: str = "-"


@dataclass(frozen=True)
class Result:
    """What the bot made of a case."""

    case: Case
    finding: Finding

    @property
    def rank(self) -> int:
        """How high the level of the card is."""
        return RANK[self.finding.level or "none"]

    @property
    def is_caught(self) -> bool:
        """Is a card of at least the right level due?"""
        if self.case.level == "crisis":
            return self.finding.level == "crisis"
        return self.rank >= RANK[self.case.level]

    @property
    def outcome(self) -> Outcome:
        """Card of the right level or higher; else asked; else silent (or a card too low)."""
        if self.is_caught:
            return "card"
        return "ask" if self.finding.confirm else "silent"


def cases_of(path: Path, content: RedFlagContent) -> list[Case]:
    """The cases of a file, in either of its two forms."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    return [_case(one, content) for one in raw]


def _case(raw: dict[str, Any], content: RedFlagContent) -> Case:
    expect = raw.get("expect")
    if expect is None:
        return Case(raw["says"], raw["level"], str(raw["sign"]), raw.get("kind", "-"))
    if expect == "none" or isinstance(expect, dict):
        return Case(raw["says"], "none" if expect == "none" else "confirm", "-")
    flag = content.rule(expect)
    return Case(raw["says"], flag.level, str(flag.sign))


def both(
    detector: RedFlagDetector, reader: SignReader, scores: Scores, content: RedFlagContent
) -> Read:
    """Rules, then the second reader, as the bot reads a first message."""

    def both_read(text: str) -> Finding:
        found = detector.find(text)
        in_parts = found.level is not None or found.confirm is not None
        read = reader.read(text, shared_encoder(), in_parts=in_parts)
        return second_reading(found, read, scores, content)

    return both_read


def _outcomes(results: Sequence[Result]) -> str:
    count = Counter(r.outcome for r in results)
    return f"{count['card']} / {count['ask']} / {count['silent']}"


def _of_set(results: Sequence[Result]) -> Iterator[str]:
    """The figures of one set, line by line."""
    alarms = [r for r in results if r.case.level in ALARMS]
    for level in ALARMS:
        of_level = [r for r in alarms if r.case.level == level]
        caught = sum(r.outcome != "silent" for r in of_level)
        cards = sum(r.is_caught for r in of_level)
        yield f"{level}: caught {share(caught, len(of_level))}; card {share(cards, len(of_level))}"
    told = [r for r in alarms if r.finding.level is not None]
    right = sum(r.finding.level == r.case.level for r in told)
    yield f"right level among cards: {share(right, len(told))}"
    low = sum(RANK[r.case.level] - r.rank > 1 and not r.finding.confirm for r in alarms)
    yield f"two levels too low, and not asked: {share(low, len(alarms))}"
    quiet = [r for r in results if r.case.level == "none"]
    full = sum(r.finding.level in CONFIRMABLE for r in quiet)
    urgent = sum(r.finding.level == "urgent" for r in quiet)
    asked = sum(r.finding.confirm is not None for r in quiet)
    yield f"false full cards: {share(full, len(quiet))}; urgent: {share(urgent, len(quiet))}"
    yield f"asked although nothing is there: {share(asked, len(quiet))}"
    denied = [r for r in quiet if r.case.kind == "denied"]
    asked = sum(r.finding.confirm is not None for r in denied)
    yield f"asked on denied cases: {share(asked, len(denied))}"
    unclear = [r for r in results if r.case.level == "confirm"]
    yield f"unclear cases, card / ask / silent: {_outcomes_of_unclear(unclear)}"
    yield "card / ask / silent per sign: " + ", ".join(_per_sign(alarms))
    yield "full card / ask of all per kind: " + ", ".join(_per_kind(quiet))


def _outcomes_of_unclear(results: Sequence[Result]) -> str:
    cards = sum(r.finding.level in CONFIRMABLE for r in results)
    asked = sum(r.finding.confirm is not None for r in results)
    return f"{cards} / {asked} / {len(results) - cards - asked}"


def _per_sign(alarms: Sequence[Result]) -> Iterator[str]:
    of_sign: defaultdict[str, list[Result]] = defaultdict(list)
    for result in alarms:
        if result.case.level != "urgent":
            of_sign[result.case.sign].append(result)
    for sign in sorted(of_sign, key=lambda s: (not s.isdigit(), s.zfill(3))):
        yield f"{sign}: {_outcomes(of_sign[sign])}"


def _per_kind(quiet: Sequence[Result]) -> Iterator[str]:
    for kind in sorted({r.case.kind for r in quiet}):
        of_kind = [r.finding for r in quiet if r.case.kind == kind]
        full = sum(f.level in CONFIRMABLE for f in of_kind)
        yield f"{kind}: {full} / {sum(f.confirm is not None for f in of_kind)} of {len(of_kind)}"


def everyday(
    content: Content, detector: RedFlagDetector, examples: Sequence[Example]
) -> Iterator[str]:
    """How often training examples of the intents are asked back, each read by a reader that was
    trained without it."""
    pairs, scores = training_pairs(content.knowledge), red_flag_scores()
    asked: Counter[str] = Counter()
    for fold in range(FOLDS):
        rest = [text for text, _ in pairs if _fold(text) != fold]
        learned = [e for e in examples if _fold(e.says) != fold]
        reader = SignReader.train(
            learned, rest, content.red_flags, shared_encoder(), detector.raises
        )
        read = both(detector, reader, scores, content.red_flags)
        for text, intent in pairs:
            if _fold(text) == fold and _is_added(detector.find(text), read(text)):
                asked[intent] += 1
    count = Counter(intent for _, intent in pairs)
    questions = [intent for intent in count if intent.startswith("ask_")]
    yield f"all examples: {share(sum(asked.values()), len(pairs))}"
    of_questions = sum(count[i] for i in questions)
    yield f"questions (ask_...): {share(sum(asked[i] for i in questions), of_questions)}"
    most = ", ".join(f"{intent} {n} of {count[intent]}" for intent, n in asked.most_common(3))
    yield f"most often: {most}"


def _is_added(by_rules: Finding, by_both: Finding) -> bool:
    return by_both.confirm is not None and by_rules.confirm is None and by_rules.level is None


def _fold(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % FOLDS


def report() -> Iterable[str]:
    """Markdown: the figures of every set that is there."""
    content = read_content(ROOT / "content")
    flags = content.red_flags
    detector = RedFlagDetector(flags)
    examples = read_examples(ROOT / "content", flags)
    daily = [text for text, _ in training_pairs(content.knowledge)]
    reader = SignReader.train(examples, daily, flags, shared_encoder(), detector.raises)
    readings = {
        "rules alone": detector.find,
        "rules and second reader": both(detector, reader, red_flag_scores(), flags),
    }
    for name, file in SETS.items():
        if (ROOT / file).exists():
            yield from _of_readings(name, cases_of(ROOT / file, flags), readings)
    yield "### Everyday messages that the second reader asks back (cross-validated)"
    yield ""
    yield from (f"- {line}" for line in everyday(content, detector, examples))
    yield ""


def _of_readings(name: str, cases: Sequence[Case], readings: Mapping[str, Read]) -> Iterator[str]:
    for way, read in readings.items():
        yield f"### {name}: {way}"
        yield ""
        yield from (f"- {line}" for line in _of_set([Result(c, read(c.says)) for c in cases]))
        yield ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")

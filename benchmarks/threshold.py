"""Which score is sure enough to answer: `python -m benchmarks.threshold`.

An eighth of the examples of data/nlu.yml is set aside, the model is trained on the rest, and each
threshold is shown with what it declines and answers. No held-out case is used. The threshold of
config.yml is chosen by eye: where declining more costs more right answers than it saves.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator

from benchmarks.understanding import DECLINES
from bot.content.all_content import read_content
from bot.nlu.encoder import shared_encoder
from bot.nlu.intents import IntentModel
from bot.nlu.other_illnesses import OtherIllnessWords
from bot.nlu.told import ToldWords
from bot.settings import ROOT
from bot.training import training_pairs

ONE_IN = 8
THRESHOLDS = (0.0, 0.06, 0.08, 0.10, 0.11, 0.12, 0.14, 0.16, 0.20)


def report() -> Iterator[str]:
    """A Markdown table."""
    content = read_content(ROOT / "content")
    entries = content.knowledge.entries.values()
    fixed = {text for entry in entries for text in (*entry.questions, entry.title)}
    pairs = training_pairs(content.knowledge)
    aside = {p for p in pairs if p[0] not in fixed and _is_set_aside(p[0])}
    kept = [p for p in pairs if p not in aside]
    model = IntentModel.train([t for t, _ in kept], [i for _, i in kept], shared_encoder())
    told = ToldWords.of_entries(content.knowledge)
    illness = OtherIllnessWords(content.other_illnesses).names_other_illness
    heard = []
    for text, intent in pairs:
        if (text, intent) in aside:
            best = model.rank(text, shared_encoder(), told)[0]
            said = ("other_cancer", 1.0) if illness(text) else (best.intent, best.score)
            heard.append((intent, *said))
    inside = [h for h in heard if h[0] not in DECLINES]
    outside = [h for h in heard if h[0] in DECLINES]
    counts = f"{len(outside)} outside: declined | {len(inside)} inside: right"
    yield f"| threshold | {counts} | wrong |"
    yield "|---|---|---|---|"
    for least in THRESHOLDS:
        declined = sum(said in DECLINES or score < least for _, said, score in outside)
        right = sum(said == intent and score >= least for intent, said, score in inside)
        wrong = sum(
            said != intent and said not in DECLINES and score >= least
            for intent, said, score in inside
        )
        yield (
            f"| {least:.2f} | {declined / len(outside):.1%} "
            f"| {right / len(inside):.1%} | {wrong / len(inside):.1%} |"
        )


def _is_set_aside(text: str) -> bool:
    """By the text itself, so that it is the same choice every time."""
    return hashlib.sha256(text.encode()).digest()[0] % ONE_IN == 0


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")

"""What a message asks: its intent, what "it" stands for, and a second question (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.intents import Ranked
from bot.nlu.questions import QuestionWords

OTHER_ILLNESS_INTENT = "other_cancer"
MEDICINE_CHANGE = "medication_advice"
DECLINED = frozenset({MEDICINE_CHANGE, "lab_results", "personal_prognosis"})
# A question read as going on from the last answer must at least be this sure ...
GOES_ON, GOES_ON_THE_SAME = 0.3, 0.15
# ... and what it then asks about may be a little less sure than the question as it stands.
SAME_TOPIC_BONUS = 0.14
# A message that is this surely one of these is no question about what was answered last.
CONVERSES = 0.4
NO_QUESTION = {"affirm", "deny", "not_sure", "thanks", "greet", "goodbye", "set_audience"}
# A feeling that is told ("so tired of all this") is none either, and needs less to be heard.
FEELING, FEELS = "emotional_distress", 0.2
# A short question is surely about another topic from this score on, so many times the next one's.
STANDS_ALONE, TIMES_THE_NEXT = 0.15, 2.0
# Each of two questions in one message; more where the message as a whole is about other things.
EACH_PART, EACH_PART_ALONE = 0.15, 0.3
# Below this the second one is read as going on from the first.
EACH_PART_GOES_ON = 0.25
# The question at the end of a story is one that nobody may answer: so sure, and so many times the
# next one's score. Chosen on the development questions.
DECLINES, TIMES_THE_NEXT_DECLINES = 0.3, 3.0
MENTIONED = 4
# From this score on, so many times the next one's, a message is surely about something else.
OUT_OF_SCOPE = "out_of_scope"
OUTSIDE_FROM, TIMES_THE_NEXT_OUTSIDE = 0.25, 5.0

Rank = Callable[[Sequence[str]], list[list[Ranked]]]


@dataclass(frozen=True)
class Understood:
    """`ranked`: intents, best first. `read_as`: the question as it was read, where that is not
    the text. `second`: intent and text of a further question."""

    ranked: list[Ranked]
    read_as: str | None = None
    second: tuple[str, str] | None = None


def understand(
    text: str,
    *,
    rank: Rank,
    words: QuestionWords,
    things: Mapping[str, str],
    follows: str | None,
    names_a_thing: bool = False,
    other_illness: Callable[[str], bool],
) -> Understood:
    """Read one message. `things`: what "it" stands for by topic; `follows`: the topic of the
    answer just before, None when there was none. `names_a_thing`: the message says itself what it
    is about (a treatment, a test), so it does not go on."""
    rank = _declining(rank, words)
    if other_illness(text):
        return Understood([Ranked(OTHER_ILLNESS_INTENT, 1.0), *rank([text])[0]])
    reader = _Reader(rank, words, things)
    parts, ends = words.parts(text)[:2], words.question_at_the_end(text)
    ranked, *of_parts = rank([text, *parts, *ends])
    return (
        reader.two_questions(parts, of_parts[: len(parts)], [r.intent for r in ranked[:MENTIONED]])
        or declined_at_the_end(of_parts[len(parts) :])
        or reader.going_on(text, ranked, None if names_a_thing else follows)
        or reader.unsettled(text, ranked, None if names_a_thing else follows)
        or Understood(ranked)
    )


def _declining(rank: Rank, words: QuestionWords) -> Rank:
    """ "Should he stop the ponatinib" is declined, however much it sounds like a question about
    ponatinib: so certain that no story, and nothing said before, is surer."""

    def ranked(texts: Sequence[str]) -> list[list[Ranked]]:
        found = rank(texts)
        for row, text in enumerate(texts):
            if words.changes_medicine(text):
                others = [r for r in found[row] if r.intent != MEDICINE_CHANGE]
                found[row] = [Ranked(MEDICINE_CHANGE, 1.0), *others]
        return found

    return ranked


@dataclass(frozen=True)
class _Reader:
    rank: Rank
    words: QuestionWords
    things: Mapping[str, str]

    def going_on(self, text: str, alone: list[Ranked], last: str | None) -> Understood | None:
        """The message with what "it" stands for, where that makes better sense."""
        thing = self.things.get(last or "")
        if not thing or not self.words.refers_back(text) or not self._asks(text, alone[0]):
            return None
        if self._stands_alone(text, alone):
            return None
        completed = self.words.completed(text, thing)
        (ranked,) = self.rank([completed])
        ranked = _same_before_unsure(ranked, f"ask_{last}")
        best = ranked[0]
        is_same = best.intent == f"ask_{last}"
        sure = GOES_ON_THE_SAME if is_same else GOES_ON
        bonus = SAME_TOPIC_BONUS if is_same else 0.0
        if not _is_question(best.intent) or best.score < sure:
            return None
        if best.intent == alone[0].intent and alone[0].score >= GOES_ON_THE_SAME:
            return Understood(alone)  # it makes sense as it stands
        return Understood(ranked, completed) if best.score + bonus > alone[0].score else None

    def unsettled(self, text: str, alone: list[Ranked], last: str | None) -> Understood | None:
        """A few words about "it" that make little sense either way: the topics are offered."""
        if last is None or not (
            self.words.is_short(text) and self.words.stands_for_something(text)
        ):
            return None
        first = alone[0]
        if (
            not _is_question(first.intent)
            or first.score >= GOES_ON
            or first.intent == f"ask_{last}"
        ):
            return None
        offered = [r for r in alone if r.intent != f"ask_{last}"]
        return Understood([Ranked(f"ask_{last}", 0.0), *offered])

    def _asks(self, text: str, alone: Ranked) -> bool:
        """With what was answered last beside it, any word would be read as asking about that."""
        if alone.intent == FEELING and alone.score >= FEELS:
            return False
        if alone.intent in NO_QUESTION and alone.score >= CONVERSES:
            return False
        is_question = _is_question(alone.intent) and alone.score >= EACH_PART
        return is_question or self.words.asks(text)

    def _stands_alone(self, text: str, alone: list[Ranked]) -> bool:
        """Is this a question on a topic of its own, as in "costs?" or "can his sister give marrow"?
        What it is about, put beside it, would always draw it to the topic of before."""
        first = alone[0].intent
        if self.words.stands_for_something(text) or self.words.is_aspect(first):
            return False
        return (_is_question(first) and _is_sure(alone)) or _is_outside(alone)

    def two_questions(
        self, parts: Sequence[str], ranked: Sequence[list[Ranked]], whole: list[str]
    ) -> Understood | None:
        """The first two questions of a message, when they are about two things. `whole`: the
        intents that the message as a whole may have."""
        if len(parts) < 2:
            return None
        first, alone = Understood(ranked[0], parts[0]), ranked[1]
        second = None
        if alone[0].score < EACH_PART_GOES_ON:
            second = self.going_on(parts[1], alone, first.ranked[0].intent.removeprefix("ask_"))
        second = second or Understood(alone, parts[1])
        best = (first.ranked[0], second.ranked[0])
        is_heard = {b.intent for b in best} <= set(whole)
        sure = EACH_PART if is_heard else EACH_PART_ALONE
        if best[0].intent == best[1].intent or min(b.score for b in best) < sure:
            return None
        if not all(_is_question(b.intent) for b in best):
            return None
        return Understood(first.ranked, parts[0], (best[1].intent, second.read_as or parts[1]))


def _same_before_unsure(ranked: list[Ranked], same: str) -> list[Ranked]:
    """Where the first intent is too unsure to go on with, and the topic of before is the second
    and at least as sure, that comes first."""
    is_next = len(ranked) > 1 and ranked[1].intent == same
    if is_next and ranked[0].score < GOES_ON and ranked[1].score >= ranked[0].score:
        return [ranked[1], ranked[0], *ranked[2:]]
    return ranked


def declined_at_the_end(ranked: Sequence[list[Ranked]]) -> Understood | None:
    """A story draws a message to what it tells of; "how long does he have" after it is no question
    about a second relapse. `ranked`: of the question at the end, where there is one."""
    for alone in ranked:
        next_score = alone[1].score if len(alone) > 1 else 0.0
        least = max(DECLINES, TIMES_THE_NEXT_DECLINES * next_score)
        if alone[0].intent in DECLINED and alone[0].score >= least:
            return Understood(alone)
    return None


def _is_sure(ranked: list[Ranked]) -> bool:
    next_score = ranked[1].score if len(ranked) > 1 else 0.0
    return ranked[0].score >= max(STANDS_ALONE, TIMES_THE_NEXT * next_score)


def _is_outside(ranked: list[Ranked]) -> bool:
    """Clearly about something else, as in "what is the capital of France"."""
    next_score = ranked[1].score if len(ranked) > 1 else 0.0
    least = max(OUTSIDE_FROM, TIMES_THE_NEXT_OUTSIDE * next_score)
    return ranked[0].intent == OUT_OF_SCOPE and ranked[0].score >= least


def _is_question(intent: str) -> bool:
    return intent.startswith("ask_") or intent in DECLINED

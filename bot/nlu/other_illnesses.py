"""Whether a message is about another illness than ALL, from the names in it (pure)."""

from __future__ import annotations

import re

from bot.content.other_illnesses import OtherIllnessesContent

_CANCER = r"(?:cancer|tumor|tumour|carcinoma|ca)s?"
_STAGE = r"(?:[1-4iv]+|one|two|three|four)[abc]?"
_LEUKEMIA = r"(?: leuk[a-z]+)?"
# "all" in small letters is the illness after these words, unless a noun or determiner follows.
_SMALL_ALL = re.compile(
    r"\b(?:have|had|has|got|with|beat|relapsed|childhood|adult|pediatric|[bt][ -]cell) "
    r"(?P<name>all)(?= (?:and|but|too|relapse|again|since|myself)\b| ?[,.;:!?)]|$)"
)
_CAPITAL_ALL = re.compile(r"\bALL\b")

# Stand in a text for what was found: an illness, or one that people with ALL may have as well.
_ILLNESS, _CONDITION = "\ue000", "\ue001"
_MARK = f"[{_ILLNESS}{_CONDITION}]"
_DENIED = re.compile(rf"\b(?:not|isn't|wasn't) (?:an? )?{_MARK}")
_NEAR = ".{0,300}"
_BETWEEN = rf"[^.?!{_ILLNESS}{_CONDITION}]{{0,80}}"


def find_all(text: str) -> list[tuple[int, int]]:
    """Where "ALL" or "all" is the illness and not the word."""
    spans = [match.span("name") for match in _SMALL_ALL.finditer(text.lower())]
    return spans if _shouted(text) else [*spans, *(m.span() for m in _CAPITAL_ALL.finditer(text))]


class OtherIllnessWords:
    """Finds the names in a text."""

    def __init__(self, content: OtherIllnessesContent) -> None:
        c = content
        organs, alone = _either(c.organs), _either(c.organs_said_alone)
        of_organ = (
            rf"(?:{organs}) {_CANCER}"
            rf"|{_CANCER} (?:of|in|on|behind) (?:the |my |his |her )?(?:{organs})"
            rf"|stage {_STAGE} (?:{organs})(?: {_CANCER})?"
            rf"|(?:my|his|her|the|\w+'?s) (?:{alone}) (?:{_either(c.comes_back)})"
        )
        self._ignored = _whole(_either(c.not_another_illness), re.IGNORECASE)
        self._own = _whole(_either(c.own))
        self._own_open = _whole(_either(c.own_if_not_another_leukemia))
        self._leukemias = _whole(f"(?:{_either(c.leukemias)}){_LEUKEMIA}")
        names = (*c.illnesses, *c.belong_to_other_illnesses)
        self._names = (
            (_whole(f"{of_organ}|{_either(names)}"), _ILLNESS),
            (_whole(_either(c.conditions)), _CONDITION),
        )
        self._capitals = (
            (re.compile(rf"\b(?:{_either(c.illnesses_in_capitals)})\b"), _ILLNESS),
            (re.compile(rf"\b(?:{_either(c.conditions_in_capitals)})\b"), _CONDITION),
        )
        self._care = _whole(_either(c.care_words))
        course = f"(?:{_either(c.course)})"
        self._course = _whole(course)
        self._own_course = re.compile(
            rf"{_CONDITION} (?:(?!and |or )[\w'-]+ ){{0,2}}{course}\b"
            rf"|\b{course} (?:[\w'-]+ )?(?:in|of|from|for|with) (?:[\w'-]+ )?{_CONDITION}"
        )
        self._about_all = _whole(_either(c.about_all))
        self._beside_treatment = _whole(_either(c.beside_treatment))
        self._treatment = _whole(_either(c.treatment_words))
        self._late_effect = _late_effect(c)
        self._coming_back = _whole(_either(c.coming_back))
        self._beside_all = _beside_all(c)

    def names_other_illness(self, text: str) -> bool:
        """True when another illness is named and ALL (or a leukemia of open kind) is not."""
        straight = self._ignored.sub(" ", " ".join(text.replace("\u2019", "'").split()))
        plain = straight.lower()
        if self._own.search(plain) or _SMALL_ALL.search(plain) or _in_capitals(straight):
            return False
        rest, leukemias = self._leukemias.subn(" ", plain)
        if leukemias:
            return True
        if self._own_open.search(rest):
            return False
        marked = self._mark(straight)
        if _ILLNESS in marked or (_CONDITION in marked and not self._has_all_too(plain, marked)):
            return not self._asks_about_all(marked)
        return bool(self._beside_treatment.search(plain)) and not self._treatment.search(plain)

    def _mark(self, straight: str) -> str:
        """The text in small letters, with a mark for each illness and condition."""
        if not _shouted(straight):
            for pattern, mark in self._capitals:
                straight = pattern.sub(mark, straight)
        marked = straight.lower()
        for pattern, mark in self._names:
            marked = pattern.sub(mark, marked)
        return _DENIED.sub(" ", marked)

    def _has_all_too(self, plain: str, marked: str) -> bool:
        """Beside a condition: the care of ALL, or a relapse that is not the condition's."""
        if self._care.search(plain):
            return True
        return bool(self._course.search(marked)) and not self._own_course.search(marked)

    def _asks_about_all(self, marked: str) -> bool:
        """A cancer that treatment of ALL may cause, or an illness of one who has ALL."""
        if self._about_all.search(marked) or self._beside_all.search(marked):
            return True
        return bool(self._late_effect.search(marked)) and not self._coming_back.search(marked)


def _late_effect(c: OtherIllnessesContent) -> re.Pattern[str]:
    """Risk, illness and cause ("risk of brain tumor after radiation"), or cause and risk."""
    risk = rf"\b(?:{_either(c.late_effect_risk)})\b"
    cause = rf"(?<!{_MARK} )\b(?:{_either(c.late_effect_causes)})\b"
    people = _either(c.late_effect_people)
    return re.compile(
        rf"(?:{risk}.{{0,80}}{_MARK}|{_MARK}.{{0,80}}{risk}).{{0,80}}{cause}"
        rf"|{risk}(?: \w+)? {cause},.{{0,20}}{_MARK}"
        rf"|{cause}(?: [\w'-]+){{0,4}} {risk}"
        rf"|{_MARK} (?:after|from) (?:the |his |her |my )?{cause}(?: \w+ had)?\W*$"
        rf"|(?<!{_MARK} )\b(?:{people})\b(?! (?:of|with|from)\b){_BETWEEN}{_MARK}"
    )


def _beside_all(c: OtherIllnessesContent) -> re.Pattern[str]:
    """An illness that acts on ALL or its treatment, or stands beside it."""
    influenced = rf"\b(?:{_either(c.influenced)})\b"
    return re.compile(
        rf"{_MARK}{_BETWEEN}\b(?:{_either(c.influence)})\b{_BETWEEN}{influenced}"
        rf"|{influenced} (?:{_either(c.together)}) (?:[\w']+ )?{_MARK}"
        rf"|{_CONDITION}(?: \w+)? and (?:relapsed|(?:my|his|her|our) {influenced})"
        rf"|\b(?:{_either(c.somebody_else)})\b{_BETWEEN}{_MARK}{_NEAR}\b(?:{_either(c.own_matters)})\b"
        rf"|\b(?:{_either(c.own_matters)})\b{_NEAR}\b(?:{_either(c.somebody_else)})\b{_BETWEEN}{_MARK}"
        rf"|^(?=.*{influenced}).*\b(?:{_either(c.heredity)})\b"
    )


def _in_capitals(text: str) -> bool:
    """ALL as a name, in a text that is not written in capitals throughout."""
    return not _shouted(text) and bool(_CAPITAL_ALL.search(text))


def _shouted(text: str) -> bool:
    return text.isupper() and " " in text


def _either(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _whole(alternatives: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{alternatives})(?:'?s)?(?![\w])", flags)

"""Whether a message is about another illness than ALL, from the names in it (pure)."""

from __future__ import annotations

import re

from bot.content.other_illnesses import OtherIllnessesContent

_CANCER = r"(?:cancer|tumor|tumour|carcinoma)s?"
_LEUKEMIA = r"(?: leuk[a-z]+)?"
# "all" in small letters is the illness after these words, unless a noun or determiner follows.
_SMALL_ALL = re.compile(
    r"\b(?:have|had|has|got|with|beat|relapsed|childhood|adult|pediatric|[bt][ -]cell) all"
    r"(?= (?:and|but|too|relapse|again|since|myself)\b| ?[,.;:!?)]|$)"
)
_CAPITAL_ALL = re.compile(r"\bALL\b")


class OtherIllnessWords:
    """Finds the names in a text."""

    def __init__(self, content: OtherIllnessesContent) -> None:
        c = content
        organs = _either(c.organs)
        of_organ = rf"(?:{organs}) {_CANCER}|cancer (?:of|in) (?:the |my |his |her )?(?:{organs})"
        self._ignored = _whole(_either(c.not_another_illness))
        self._own = _whole(_either(c.own))
        self._own_open = _whole(_either(c.own_if_not_another_leukemia))
        self._leukemias = _whole(f"(?:{_either(c.leukemias)}){_LEUKEMIA}")
        illnesses = f"{of_organ}|{_either(c.illnesses)}"
        self._illnesses = _whole(illnesses)
        self._capitals = re.compile(rf"\b(?:{_either(c.illnesses_in_capitals)})\b")
        self._beside_treatment = _whole(_either(c.beside_treatment))
        self._treatment = _whole(_either(c.treatment_words))
        risk, causes = _either(c.late_effect_risk), _either(c.late_effect_causes)
        self._late_effect = re.compile(
            rf"\b(?:{risk})\b.*(?<!cancer )\b(?:{causes})\b"
            rf"|\b(?:{causes}) (?:\w+ )?(?:{risk})\b"
            rf"|\b(?:{illnesses}) (?:after|from) (?:{causes})\W*$"
        )
        self._coming_back = _whole(_either(c.coming_back))

    def names_other_illness(self, text: str) -> bool:
        """True when another illness is named and ALL (or a leukemia of open kind) is not."""
        straight = " ".join(text.replace("\u2019", "'").split())
        plain = self._ignored.sub(" ", straight.lower())
        if self._own.search(plain) or _SMALL_ALL.search(plain) or _in_capitals(straight):
            return False
        rest, leukemias = self._leukemias.subn(" ", plain)
        if leukemias:
            return True
        if self._own_open.search(rest):
            return False
        if self._illnesses.search(plain) or _shouted_less(straight, self._capitals):
            return not self._is_late_effect(plain)
        return bool(self._beside_treatment.search(plain)) and not self._treatment.search(plain)

    def _is_late_effect(self, plain: str) -> bool:
        """A cancer that treatment may cause: a question about ALL, not about that cancer."""
        if self._coming_back.search(plain):
            return False
        return bool(self._late_effect.search(plain))


def _in_capitals(text: str) -> bool:
    """ALL as a name, in a text that is not written in capitals throughout."""
    return _shouted_less(text, _CAPITAL_ALL)


def _shouted_less(text: str, pattern: re.Pattern[str]) -> bool:
    if text.isupper() and " " in text:
        return False
    return bool(pattern.search(text))


def _either(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _whole(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{alternatives})(?:'?s)?(?![\w])")

"""The care card: what to do now, whom to call, what to say. Pure: same finding, same card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.content.red_flags import Contact, Level, RedFlag, RedFlagContent
from bot.triage.raising import Finding

AgeGroup = Literal["child", "teen", "young_adult", "adult"]
_YOUNG: tuple[AgeGroup, ...] = ("child", "teen", "young_adult")
_DIALLED = re.compile(r"\+?\d[\d -]*\d")
_TEXTED = re.compile(r"\d[\d ]*\d$")


@dataclass(frozen=True)
class CardContact:
    """Someone to reach. `href` is tel:, sms: or https:, or None where nothing can be dialled."""

    label: str
    href: str | None


@dataclass(frozen=True)
class CareCard:
    """What is shown; `contacts[0]` is whom to call first, `text` says all of it in plain text."""

    level: Level
    rule: str
    title: str
    bullets: tuple[str, ...]
    contacts: tuple[CardContact, ...]
    source_ids: tuple[str, ...]
    text: str


def care_card(
    finding: Finding,
    content: RedFlagContent,
    *,
    country: str | None,
    care_team_phone: str | None = None,
    age_group: AgeGroup | None = None,
    for_other: bool = False,
) -> CareCard:
    """The card of a finding that has a level; ValueError for one that has none.

    `country` is a code of contacts.yml, None or any other when unknown. `for_other`: a relative
    writes about the patient. `age_group` puts the lines for young people first.
    """
    if finding.level is None or finding.rule is None:
        raise ValueError("no card is due")
    flag = content.rule(finding.rule)
    cards = _Contacts(content, country if country in content.layout.emergency else None)
    if finding.level == "crisis":
        return _crisis_card(flag, content, cards, finding, young=age_group in _YOUNG)
    contacts = cards.medical(flag, care_team_phone, urgent=finding.level == "emergency")
    say = content.layout.words["say_other" if for_other else "say_self"]
    bullets = tuple(
        line.replace("{say}", say.replace("{problem}", flag.card.problem))
        for line in flag.card.bullets
    )
    if finding.repeated:
        bullets = (content.layout.words["repeated"],)
    lines = [flag.card.title, *(c.label for c in contacts), *bullets]
    return CareCard(
        finding.level, flag.id, flag.card.title, bullets, contacts,
        content.sources[flag.id], "\n".join(lines),
    )  # fmt: skip


def confirm_line(rule: str, content: RedFlagContent) -> str:
    """The one line that asks whether a sign is there now."""
    return content.rule(rule).ask


def _crisis_card(
    flag: RedFlag, content: RedFlagContent, cards: _Contacts, finding: Finding, *, young: bool
) -> CareCard:
    """Two lines with real lines to reach come first, then the rest."""
    contacts = cards.crisis(young=young)
    bullets = flag.card.bullets[:1] if finding.repeated else flag.card.bullets
    lines = [contacts[0].label, contacts[1].label, flag.card.title, *bullets]
    lines += [contact.label for contact in contacts[2:]]
    return CareCard(
        "crisis", flag.id, flag.card.title, bullets, contacts,
        content.sources[flag.id], "\n".join(lines),
    )  # fmt: skip


@dataclass(frozen=True)
class _Contacts:
    content: RedFlagContent
    country: str | None

    def medical(
        self, flag: RedFlag, care_team_phone: str | None, *, urgent: bool
    ) -> tuple[CardContact, ...]:
        """The care team and, unless it can wait for office hours, the emergency number."""
        words = self.content.layout.words
        team = CardContact(words["care_team"], None)
        if care_team_phone:
            label = words["care_team_number"].replace("{number}", care_team_phone)
            team = CardContact(label, _tel(care_team_phone))
        if not urgent:
            return (team,)
        number = self.emergency()
        return (number, team) if flag.first_contact == "emergency_number" else (team, number)

    def emergency(self) -> CardContact:
        """The country's emergency number; all of them in one line when it is unknown."""
        words = self.content.layout.words
        if self.country is None:
            return CardContact(words["emergency_unknown"].replace("{all}", self._all()), None)
        contact = self._of(self.content.layout.emergency[self.country])
        label = words["emergency_number"].replace("{number}", contact.call or contact.name)
        return CardContact(label, _tel(contact.call))

    def crisis(self, *, young: bool) -> tuple[CardContact, ...]:
        """At least two: crisis lines (of the user's country only), then the emergency number."""
        layout = self.content.layout
        country = self.country or "any"
        ids = layout.crisis.get(country) or layout.crisis["any"]
        if young:
            ids = tuple(dict.fromkeys((*layout.crisis_young.get(country, ()), *ids)))
        lines = [self._crisis_line(self._of(contact_id)) for contact_id in ids]
        emergency = self.emergency()
        words = layout.words
        if self.country is None:
            label = words["crisis_danger_unknown"].replace("{all}", self._all())
        else:
            call = self._of(layout.emergency[self.country]).call or ""
            label = words["crisis_danger"].replace("{number}", call)
        lines.insert(1, CardContact(label, emergency.href))
        support = [self._of(i) for i in layout.support.get(country, ())]
        lines += [self._support(contact) for contact in support]
        return tuple(lines)

    def _all(self) -> str:
        one = self.content.layout.words["country_and_number"]
        parts: dict[str, list[str]] = {}
        for country, contact_id in self.content.layout.emergency.items():
            call = self._of(contact_id).call or ""
            parts.setdefault(call, []).append(self.content.layout.country_names[country])
        return ", ".join(
            one.replace("{number}", call).replace("{country}", "/".join(names))
            for call, names in parts.items()
        )

    def _crisis_line(self, contact: Contact) -> CardContact:
        words = self.content.layout.words
        text = contact.text.split(" (")[0] if contact.text else None
        kind = "crisis_web"
        if contact.call:
            kind = "crisis_both" if text == contact.call else "crisis_call"
        elif text:
            kind = "crisis_text"
        label = words[kind]
        parts = {"{name}": contact.name, "{number}": contact.call, "{text}": text}
        for mark, value in (*parts.items(), ("{url}", contact.url)):
            label = label.replace(mark, value or "")
        if kind == "crisis_call" and text:
            label = words["crisis_call_or_text"].replace("{line}", label).replace("{text}", text)
        href = _tel(contact.call) or _sms(text) or contact.url
        return CardContact(label, href)

    def _support(self, contact: Contact) -> CardContact:
        label = self.content.layout.words["support"]
        for mark, value in (
            ("{name}", contact.name), ("{number}", contact.call), ("{hours}", contact.hours)
        ):  # fmt: skip
            label = label.replace(mark, value or "")
        return CardContact(label, _tel(contact.call))

    def _of(self, contact_id: str) -> Contact:
        return self.content.contacts[contact_id]


def _tel(number: str | None) -> str | None:
    """The first number that can be dialled in "112 or 999" or "111, then option 2"."""
    match = _DIALLED.search(number or "")
    return "tel:" + re.sub(r"[ -]", "", match.group()) if match else None


def _sms(text: str | None) -> str | None:
    match = _TEXTED.search(text or "")
    return "sms:" + match.group().replace(" ", "") if match else None

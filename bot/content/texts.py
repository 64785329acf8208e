"""What the bot says of its own accord, and the labels of its buttons (content/texts.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.content.files import ContentModel, Problems, build, read_yaml
from bot.content.knowledge import Topic

# What the code says by name; a text that is missing would be a silent bot.
NEEDED_TEXTS = (
    "greeting", "consent", "consent_given", "consent_refused", "goodbye", "thanks", "greet",
    "bot_challenge", "help", "affirm", "deny", "nothing_before", "no_more", "simpler",
    "not_in_interview", "clarify", "unknown", "empty", "too_long", "declined_out_of_scope",
    "declined_other_cancer", "declined_medication_advice", "declined_lab_results",
    "declined_diagnosis", "personal_prognosis", "emotional_distress", "offer_interview",
    "audience_child", "audience_adult", "audience_caregiver", "audience_unknown",
    "contact_human", "show_my_data", "delete_my_data", "deleted", "kept", "red_flag_cleared",
    "card_holds",
    "interview_intro", "interview_resumed", "interview_kept", "interview_done",
    "interview_none", "interview_over", "interview_check", "continued", "interrupted",
    "error",
    "consent_slack", "consent_refused_slack", "deleted_slack", "delete_my_data_slack",
    "show_my_data_slack", "mention", "file_not_read", "edit_not_read", "choice_over",
    "nothing_chosen", "missed", "command_answered", "code_given", "code_unknown", "code_waits",
    "code_stays", "summary_file", "summary_file_failed", "export", "export_slack",
    "export_file", "export_file_failed", "home_privacy",
)  # fmt: skip
NEEDED_LABELS = (
    "prepare_visit", "help", "contact_human", "consent_yes", "consent_no", "more_detail",
    "did_you_mean",    "resume_interview", "show_summary", "start_over",
    "change_answers", "audience_child", "audience_adult",
    "delete_conversation", "keep_conversation", "skip", "back", "not_sure", "stop", "done_that",
    "confirm_yes", "confirm_no", "confirm_unsure", "show_my_data", "export_my_data",
)  # fmt: skip


class OwnText(ContentModel):
    """One text; `choices` are the values of the buttons below it."""

    id: str
    text: str = Field(min_length=2)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    """Texts by id, and button labels by value (those of topics included, as ask_<topic>)."""

    texts: dict[str, OwnText]
    labels: dict[str, str]

    def __getitem__(self, text_id: str) -> OwnText:
        return self.texts[text_id]

    def of_channel(self, text_id: str, channel: str) -> OwnText:
        """The text as this channel says it: `<text>_<channel>` where there is one."""
        return self.texts.get(f"{text_id}_{channel}") or self.texts[text_id]


def read_texts(root: Path, problems: Problems, topics: dict[str, Topic]) -> Texts:
    """Read content/texts.yml; a choice without a label is a problem."""
    file = "texts.yml"
    value = read_yaml(root / file, problems, root=root)
    value = value if isinstance(value, dict) else {}
    labels = {f"ask_{topic.id}": topic.label for topic in topics.values()}
    labels.update(_own_labels(value.get("labels"), problems))
    texts: dict[str, OwnText] = {}
    items = value.get("texts")
    for raw in items if isinstance(items, list) else ():
        item = str(raw.get("id", "text")) if isinstance(raw, dict) else "text"
        text = build(OwnText, raw, problems, file=file, item=item)
        if text is None:
            continue
        if text.id in texts:
            problems.add(file, text.id, "id", "is used twice; delete one of the two")
        texts[text.id] = text
        for choice in text.choices:
            if choice not in labels:
                problems.add(file, text.id, "choices", f"{choice!r} has no label; add it to labels")
    for needed in sorted(set(NEEDED_TEXTS) - set(texts)):
        problems.add(file, needed, "id", "is missing; the bot says it, so add it to texts")
    for needed in sorted(set(NEEDED_LABELS) - set(labels)):
        problems.add(file, needed, "labels", "is missing; a button needs it, so add it")
    return Texts(texts, labels)


def _own_labels(value: object, problems: Problems) -> dict[str, str]:
    labels = {}
    for name, label in (value if isinstance(value, dict) else {}).items():
        if isinstance(label, str):
            labels[str(name)] = label
        else:
            problems.add("texts.yml", str(name), "labels", "must be a text; put it in quotes")
    return labels

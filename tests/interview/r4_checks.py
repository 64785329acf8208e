"""Stricter checks of FHIR R4 than fhir.resources 7.0.2 makes (it has no R4 model, and lets a
wrong status through): what the specification says of a Questionnaire and its response."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]
STATUSES = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
VALUE_OF = {
    "choice": {"valueCoding"},
    "open-choice": {"valueCoding", "valueString"},
    "text": {"valueString"},
    "string": {"valueString"},
    "date": {"valueDate"},
    "boolean": {"valueBoolean"},
    "quantity": {"valueQuantity"},
}
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
QUESTION_KEYS = {
    "linkId", "extension", "code", "text", "type", "enableWhen", "enableBehavior", "repeats",
    "answerOption", "item",
}  # fmt: skip


_TYPES_OF_ANSWER = {"answerBoolean": ("boolean",), "answerString": ("string", "text")}


def _types_for(condition: Item) -> tuple[str, ...]:
    return next(types for key, types in _TYPES_OF_ANSWER.items() if key in condition)


def questionnaire_faults(value: Item) -> Iterator[str]:
    """What is wrong with a Questionnaire."""
    if value["status"] not in {"draft", "active", "retired", "unknown"}:
        yield "status"
    if not value["url"].startswith("http") or not value["version"]:
        yield "url or version"
    seen: set[str] = set()
    for item in walk(value):
        name = item["linkId"]
        if name in seen:
            yield f"{name} twice"
        if set(item) - QUESTION_KEYS:
            yield f"{name}: {set(item) - QUESTION_KEYS}"
        if item["type"] != "group" and item["type"] not in VALUE_OF:
            yield f"{name}: type {item['type']}"
        if (item["type"] == "group") != ("item" in item):
            yield f"{name}: only a group has items"
        if "answerOption" in item and item["type"] not in ("choice", "open-choice"):
            yield f"{name}: answerOption"
        if item["type"] == "choice" and not item.get("answerOption"):
            yield f"{name}: no answerOption"
        yield from _condition_faults(value, item, seen)
        seen.add(name)


def _condition_faults(value: Item, item: Item, before: set[str]) -> Iterator[str]:
    conditions = item.get("enableWhen", [])
    if (len(conditions) > 1) != ("enableBehavior" in item):
        yield f"{item['linkId']}: enableBehavior"
    others = {other["linkId"]: other for other in walk(value)}
    for condition in conditions:
        name = condition["question"]
        if name not in before:
            yield f"{item['linkId']}: asks about {name}, which does not stand before it"
        elif condition["operator"] == "exists":
            if not isinstance(condition.get("answerBoolean"), bool):
                yield f"{item['linkId']}: exists"
        elif "answerCoding" in condition:
            options = [o["valueCoding"] for o in others[name].get("answerOption", [])]
            known = [(o["system"], o["code"]) for o in options]
            wanted = condition["answerCoding"]
            if (wanted["system"], wanted["code"]) not in known:
                yield f"{item['linkId']}: {wanted} is no option of {name}"
        elif (
            others[name]["type"]
            not in _TYPES_OF_ANSWER[next(k for k in condition if "answer" in k)]
        ):
            yield f"{item['linkId']}: an answer of another type than {name}"


def response_faults(value: Item, asked: Item) -> Iterator[str]:
    """What is wrong with a response to the Questionnaire `asked`."""
    if value["status"] not in STATUSES:
        yield f"status {value['status']}"
    if value["questionnaire"] != f"{asked['url']}|{asked['version']}":
        yield "questionnaire"
    if not INSTANT.fullmatch(value["authored"]):
        yield f"authored {value['authored']}"
    contained = {f"#{resource['id']}" for resource in value["contained"]}
    patient = [r["patient"]["reference"] for r in value["contained"] if "patient" in r]
    used = {value["subject"]["reference"], value["source"]["reference"], *patient}
    if contained != used:
        yield f"contained {contained}, used {used}"
    yield from _item_faults(value.get("item", []), asked["item"])


def _item_faults(given: list[Item], asked: list[Item]) -> Iterator[str]:
    order = [item["linkId"] for item in asked]
    by_id = {item["linkId"]: item for item in asked}
    names = [item["linkId"] for item in given]
    if unknown := set(names) - set(order):
        yield f"unknown here: {unknown}"
        return
    if names != sorted(names, key=order.index):
        yield "not in the order of the Questionnaire"
    for name in set(names):
        if names.count(name) > 1 and by_id[name]["type"] != "group":
            yield f"{name} twice"
    for item in given:
        question = by_id[item["linkId"]]
        if item["text"] != question["text"]:
            yield f"{item['linkId']}: another text"
        if question["type"] == "group":
            yield from _item_faults(item["item"], question["item"])
        else:
            yield from _answer_faults(item, question)


def _answer_faults(item: Item, question: Item) -> Iterator[str]:
    name, answers = item["linkId"], item.get("answer", [])
    if ("answer" in item) == ("extension" in item) or ("answer" in item and not answers):
        yield f"{name}: either answers or why there are none"
    if len(answers) > 1 and not question.get("repeats"):
        yield f"{name}: more than one answer"
    options = [o["valueCoding"] for o in question.get("answerOption", [])]
    for answer in answers:
        kind = next(iter(answer))
        if len(answer) != 1 or kind not in VALUE_OF[question["type"]]:
            yield f"{name}: {list(answer)} for {question['type']}"
            continue
        yield from _value_faults(name, kind, answer[kind], question, options)


def _value_faults(
    name: str, kind: str, value: Any, question: Item, options: list[Item]
) -> Iterator[str]:
    if kind == "valueCoding" and value not in options:
        yield f"{name}: {value} is no option"
    if kind == "valueDate" and not DATE.fullmatch(value):
        yield f"{name}: date {value}"
    if kind == "valueString" and (not value.strip() or value != value.strip()):
        yield f"{name}: empty or padded text"
    if kind == "valueQuantity":
        units = [e["valueCoding"]["code"] for e in question["extension"]]
        if value["code"] not in units or not isinstance(value["value"], float | int):
            yield f"{name}: quantity {value}"


def walk(value: Item) -> Iterator[Item]:
    """All items below, in order."""
    for item in value.get("item", []):
        yield item
        yield from walk(item)

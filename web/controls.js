/**
 * What a message can be answered with: buttons, checkboxes, a date, a number, and the steps of the interview.
 * `chat` is the conversation: choose(value), say(text, shown), date(value).
 */
import { freshId, h } from "./dom.js";
import { words } from "./words.js";

/** Puts "You chose: ..." in the place of spent controls and moves the focus there. */
export function settle(controls, label) {
  const chosen = h("p", { class: "chosen", tabindex: "-1" }, words.chosen, h("b", {}, label));
  controls.replaceWith(chosen);
  chosen.focus({ preventScroll: true });
}

function choiceButton({ label, value }, controls, chat, kind = "choice") {
  const press = () => {
    settle(controls(), label);
    chat.choose(value);
  };
  return h("button", { type: "button", class: kind, onclick: press }, label);
}

/** One of several: buttons that answer at once. */
function buttons(choices, controls, chat, title) {
  const id = freshId("choices");
  return h(
    "div",
    { role: "group", class: "choices", ...(title ? { "aria-labelledby": id } : { "aria-label": words.choose }) },
    title && h("p", { id, class: "label" }, title),
    h("div", { class: "row" }, choices.map((choice) => choiceButton(choice, controls, chat))),
  );
}

/** Several of several: checkboxes, and nothing is sent before Continue. */
function checkboxes(choices, controls, chat, title = words.chooseMany, isQuestion = false) {
  const error = problem();
  const boxes = choices.map(({ label, value }) => ({ label, value, input: h("input", { type: "checkbox", value }) }));
  const submit = (event) => {
    event.preventDefault();
    const picked = boxes.filter(({ input }) => input.checked);
    if (!picked.length) return error.say(words.chooseNone, boxes[0].input);
    const labels = picked.map(({ label }) => label).join(", ");
    if (isQuestion) {
      settle(controls(), labels);
      chat.choose(picked.map(({ value }) => value));
    } else {
      controls().remove();
      chat.say(labels); // offers that mean one thing each: together they are a message
    }
  };
  return h(
    "form",
    { novalidate: true, onsubmit: submit },
    h(
      "fieldset",
      {},
      h("legend", { class: "label" }, title),
      error.element,
      boxes.map(({ label, input }) => h("label", { class: "box" }, input, h("span", {}, label))),
    ),
    h("button", { class: "primary" }, words.proceed),
  );
}

/** A single field with Continue; `read` gives {text, shown} or {problem}. */
function field({ label, hint, attributes, read }, controls, chat) {
  const error = problem();
  const id = freshId("field");
  const hintId = hint && freshId("hint");
  const input = h("input", { id, autocomplete: "off", "aria-describedby": hintId, ...attributes });
  const submit = (event) => {
    event.preventDefault();
    const answer = read(input.value.trim());
    if (answer.problem) return error.say(answer.problem, input);
    controls().remove();
    chat.say(answer.text, answer.shown);
  };
  return h(
    "form",
    { novalidate: true, onsubmit: submit },
    h("label", { for: id, class: "label" }, label),
    hint && h("p", { id: hintId, class: "hint" }, hint),
    error.element,
    h("div", { class: "row" }, input, h("button", { class: "primary" }, words.proceed)),
  );
}

/** An error beside its field: in text, tied to the field, focus on the field. */
function problem() {
  const element = h("p", { class: "problem", id: freshId("problem"), hidden: true });
  return {
    element,
    say(text, input) {
      element.textContent = text;
      element.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", element.id);
      input.focus();
    },
  };
}

const INPUTS = {
  text: () => null,
  choice: (message, controls, chat) => (message.choices?.length ? buttons(message.choices, controls, chat) : null),
  multi_choice: (message, controls, chat) => (message.choices?.length ? checkboxes(message.choices, controls, chat, undefined, true) : null),
  boolean: (message, controls, chat) => (message.choices?.length ? buttons(message.choices, controls, chat) : yesNo(controls, chat)),
  date: (message, controls, chat) =>
    field(
      {
        label: words.date,
        hint: words.dateHint,
        attributes: { type: "date", class: "date" },
        read: (value) => (value ? { text: value, shown: chat.date(value) } : { problem: words.dateMissing }),
      },
      controls,
      chat,
    ),
  number: (message, controls, chat) =>
    field(
      {
        label: words.number,
        attributes: { type: "text", inputmode: "decimal", class: "number" },
        read: (value) => (/^[-+]?\d+([.,]\d+)?$/.test(value) ? { text: value } : { problem: words.numberWrong }),
      },
      controls,
      chat,
    ),
};

/** Yes and No for a question whose choices the server left out: sent as words, since no choice was offered. */
function yesNo(controls, chat) {
  const answer = (label) => () => {
    controls().remove();
    chat.say(label);
  };
  return h(
    "div",
    { role: "group", class: "choices", "aria-label": words.choose },
    h("div", { class: "row" }, [words.yes, words.no].map((label) => h("button", { type: "button", class: "choice", onclick: answer(label) }, label))),
  );
}

/** The points of a scale, beside the words that mean them. No slider: each point is a button. */
function scale({ scale: range }, controls, chat) {
  if (!range) return null;
  const id = freshId("scale");
  const points = Array.from({ length: range.most - range.least + 1 }, (_, index) => String(range.least + index));
  const press = (point) => () => {
    controls().remove();
    chat.say(point);
  };
  return h(
    "div",
    { role: "group", class: "choices", "aria-labelledby": id },
    h("p", { id, class: "label" }, words.scale),
    h("div", { class: "row" }, points.map((point) => h("button", { type: "button", class: "choice point", onclick: press(point) }, point))),
  );
}

/** Back, "I'm not sure", Skip and Stop, as far as this question has them. */
function stepsOf(message) {
  const steps = [
    message.can_go_back && { label: words.back, value: "back" },
    { label: words.notSure, value: "not_sure" },
    message.can_skip && { label: words.skip, value: "skip" },
    { label: words.stop, value: "stop" },
  ];
  return steps.filter(Boolean);
}

/** A question: its own input, then the steps in the same place under every question. */
function questionControls(message, controls, chat) {
  const steps = stepsOf(message);
  const values = new Set(steps.map(({ value }) => value));
  const own = { ...message, choices: message.choices?.filter(({ value }) => !values.has(value)) };
  return [
    (INPUTS[message.input] ?? INPUTS.choice)(own, controls, chat),
    scale(message, controls, chat),
    h("div", { class: "row steps" }, steps.map((step) => choiceButton(step, controls, chat, "quiet"))),
  ];
}

/** Everything with which this message can be answered, or null. */
export function controlsFor(message, chat, title) {
  const isQuestion = message.type === "question";
  if (!isQuestion && !message.choices?.length) return null;
  const element = h("div", { class: "controls" });
  const controls = () => element;
  const several = message.multiple ? checkboxes : buttons;
  const parts = isQuestion ? questionControls(message, controls, chat) : [several(message.choices, controls, chat, title)];
  element.append(...parts.filter(Boolean));
  return element;
}

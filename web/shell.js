/** The frame around the conversation: header, log, status, composer, the question before deleting. */
import { freshId, h, icon, svg } from "./dom.js";
import { buildElsewhere } from "./elsewhere.js";
import { callLink } from "./messages.js";
import { words } from "./words.js";

const SEND = "M12 20V5m0 0-6 6m6-6 6 6";
const CLOSE = "M6 6l12 12M18 6 6 18";
const CHAT = "M4 5h16v11H10l-4.5 4v-4H4z";
const VISIT = "M6 4h12v16H6zM9.5 9h5M9.5 12.5h5M9.5 16h3";
const DEVICES = "M4 5h11v9H4zM2 18h9M15 9h5v11h-5zM17 17.5h1";
const BIN = "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13";

/** A sun over the horizon. */
const mark = () =>
  svg(
    "svg",
    { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" },
    svg("rect", { width: 32, height: 32, rx: 9 }),
    svg("path", { d: "M8 20a8 8 0 0 1 16 0M5 24h22M16 5.5v3" }),
  );

const iconButton = (path, label, attributes) => h("button", { type: "button", ...attributes }, icon(path), h("span", {}, label));

export function buildShell({ fullPage, phone }) {
  const titleId = freshId("name");
  const prepare = iconButton(VISIT, words.prepare, { class: "tool" });
  const other = iconButton(DEVICES, words.elsewhere, { class: "tool" });
  const erase = iconButton(BIN, words.erase, { class: "tool" });
  const close = fullPage ? null : iconButton(CLOSE, words.close, { class: "tool close" });
  const header = h(
    "header",
    {},
    h(
      "div",
      { class: "bar" },
      mark(),
      h("div", { class: "who" }, h(fullPage ? "h1" : "h2", { id: titleId, class: "name" }, words.name), h("p", { class: "limits" }, words.limits)),
      phone && callLink(phone),
      close,
    ),
    h("div", { class: "tools" }, prepare, other, erase),
  );

  const list = h("ol", { class: "list" });
  const log = h("div", { role: "log", class: "log", "aria-label": words.conversation, tabindex: "0" }, list);
  const status = h("div", { role: "status", class: "status" });
  const composer = buildComposer();
  const dialog = buildDialog();
  const elsewhere = buildElsewhere();

  const panel = h("div", { class: fullPage ? "panel full" : "panel", hidden: !fullPage, ...(!fullPage && { role: "dialog", "aria-labelledby": titleId }) });
  panel.append(header, log, status, composer.form, dialog.element, elsewhere.element);
  const launcher = fullPage ? null : iconButton(CHAT, words.launcher, { class: "launcher", "aria-expanded": "false" });
  const root = h("div", { class: "app" }, launcher, panel);
  return { root, launcher, panel, prepare, other, erase, close, list, log, status, composer, dialog, elsewhere };
}

function buildComposer() {
  const id = freshId("message");
  const hintId = freshId("hint");
  const label = h("label", { for: id, class: "label" }, words.message);
  const input = h("textarea", { id, rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": hintId });
  const form = h(
    "form",
    { class: "composer" },
    h("div", { class: "above" }, label, h("span", { id: hintId, class: "keys" }, words.keys)),
    h("div", { class: "entry" }, input, h("button", { class: "send" }, icon(SEND), h("span", {}, words.send))),
  );
  return { form, label, input };
}

function buildDialog() {
  const titleId = freshId("title");
  const textId = freshId("text");
  const yes = h("button", { type: "button", class: "danger" }, words.eraseYes);
  const no = h("button", { type: "button", class: "choice" }, words.eraseNo);
  const problem = h("p", { class: "problem", role: "alert" });
  const element = h(
    "dialog",
    { "aria-labelledby": titleId, "aria-describedby": textId },
    h("h2", { id: titleId, class: "title" }, words.eraseTitle),
    h("p", { id: textId }, words.eraseText),
    problem,
    h("div", { class: "row" }, no, yes),
  );
  return { element, yes, no, problem };
}

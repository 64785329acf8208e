/** The frame around the conversation: header, log, status, composer, the question before deleting. */
import { freshId, h, icon, svg } from "./dom.js";
import { buildElsewhere } from "./elsewhere.js";
import { PRINTER, COPY, SEND, CLOSE, CHAT, VISIT, DEVICES, LEAVE, MORE, LARGER, SMALLER, DOWN, BIN } from "./icons.js";
import { callLink } from "./messages.js";
import { words } from "./words.js";

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
  const leave = iconButton(LEAVE, words.leave, { class: "tool leave", title: words.leaveHint });
  const menu = buildMenu();
  const close = fullPage ? null : iconButton(CLOSE, words.close, { class: "tool close" });
  // No <header>: on a page of somebody else it would be a second banner.
  const header = h(
    "div",
    { class: "header" },
    h(
      "div",
      { class: "bar" },
      mark(),
      h("div", { class: "who" }, h(fullPage ? "h1" : "h2", { id: titleId, class: "name" }, words.name), h("p", { class: "limits" }, words.limits)),
      phone && callLink(phone),
      close,
    ),
    h("div", { class: "tools" }, prepare, menu.button, leave),
    menu.element,
  );

  const list = h("ol", { class: "list" });
  const log = h("div", { role: "log", class: "log", "aria-label": words.conversation, tabindex: "0" }, list);
  const news = iconButton(DOWN, words.newMessages, { class: "primary news", hidden: true });
  const status = h("div", { role: "status", class: "status" });
  const composer = buildComposer();
  const dialog = buildDialog();
  const elsewhere = buildElsewhere();

  const panel = h("div", { class: fullPage ? "panel full" : "panel", hidden: !fullPage, ...(!fullPage && { role: "dialog", "aria-labelledby": titleId }) });
  panel.append(header, log, h("div", { class: "between" }, status, news), composer.form, dialog.element, elsewhere.element);
  const launcher = fullPage ? null : iconButton(CHAT, words.launcher, { class: "launcher", "aria-expanded": "false" });
  const root = h("div", { class: "app" }, launcher, panel);
  return { root, launcher, panel, prepare, leave, menu, close, list, log, news, status, composer, dialog, elsewhere };
}

/** What is needed less often, unfolded below the tools. */
function buildMenu() {
  const id = freshId("menu");
  const button = iconButton(MORE, words.more, { class: "tool", "aria-expanded": "false", "aria-controls": id });
  const tool = (path, label) => iconButton(path, label, { class: "tool" });
  const items = {
    larger: tool(LARGER, words.larger),
    smaller: tool(SMALLER, words.smaller),
    copy: tool(COPY, words.copyAll),
    print: tool(PRINTER, words.print),
    other: tool(DEVICES, words.elsewhere),
    erase: tool(BIN, words.erase),
  };
  const element = h("div", { id, class: "menu", role: "group", "aria-label": words.more, hidden: true }, Object.values(items));
  const show = (open) => {
    element.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(element.hidden));
  for (const part of [button, element]) {
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || element.hidden) return;
      event.stopPropagation();
      show(false);
      button.focus();
    });
  }
  return { button, element, ...items };
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

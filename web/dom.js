/** Small helpers to build the page. Text only ever enters as text nodes: no markup is parsed anywhere. */
import { words } from "./words.js";

const SAFE_LINK = /^(https:|tel:|mailto:|sms:)/i;
let lastId = 0;

/** An id that is unique in this page. */
export const freshId = (prefix) => `${prefix}-${(lastId += 1)}`;

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

/** An HTML element: h("p", {class: "x", onclick: f}, "text", child). */
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for SVG. */
export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A line icon on a 24 by 24 grid, decorative. */
export const icon = (path) =>
  svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, svg("path", { d: path }));

export const hidden = (text) => h("span", { class: "hidden-text" }, text);

/** A link, or only its words when the address has a scheme that is not allowed. */
export function link(href, text, attributes = {}) {
  if (!SAFE_LINK.test(href ?? "")) return document.createTextNode(text);
  const web = /^https:/i.test(href);
  return h("a", { href, ...(web && { target: "_blank", rel: "noopener noreferrer" }), ...attributes }, text, web && hidden(words.newTab));
}

/** A line of text in which web addresses are links; every character stays. */
function line(text) {
  return text.split(/(https:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).map((part, index) => (index % 2 ? link(part, part) : part));
}

/**
 * Plain text as paragraphs, headings and lists: blank lines part paragraphs, "- " or "• " begins a list item,
 * and a line that ends with ":" right before a list is its heading.
 */
export function prose(text, headingTag = "p") {
  const blocks = [];
  let list = null;
  let paragraph = null;
  const lines = String(text ?? "").split("\n");
  lines.forEach((raw, index) => {
    const item = raw.match(/^\s*[-•]\s+(.*)$/);
    if (item) {
      if (!list) blocks.push((list = h("ul")));
      list.append(h("li", {}, line(item[1])));
      paragraph = null;
      return;
    }
    list = null;
    if (!raw.trim()) paragraph = null;
    else if (headingTag !== "p" && raw.trim().endsWith(":") && /^\s*[-•]\s/.test(lines[index + 1] ?? "")) {
      blocks.push(h(headingTag, { class: "subtitle" }, raw.trim()));
      paragraph = null;
    } else if (paragraph) paragraph.append(h("br"), ...line(raw));
    else blocks.push((paragraph = h("p", {}, line(raw))));
  });
  return blocks;
}

/** "2026-11-22" as "November 22, 2026"; anything else unchanged. */
export function readableDate(value, lang) {
  const parts = String(value ?? "").match(/^(\d{4})-(\d\d)(?:-(\d\d))?(?:T.*)?$/);
  if (!parts) return String(value ?? "");
  const [, year, month, day] = parts;
  const date = new Date(Date.UTC(year, month - 1, day ?? 1));
  return new Intl.DateTimeFormat(lang || "en", { timeZone: "UTC", year: "numeric", month: "long", ...(day && { day: "numeric" }) }).format(date);
}

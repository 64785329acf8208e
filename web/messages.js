/**
 * One function for each type of message: message and chat in, the content of its list item out.
 * `chat`: choose, say, again, copy, rate, download, printer, date, heading and subheading
 * ("h2", "h3"), phone.
 */
import { controlsFor } from "./controls.js";
import { h, hidden, icon, link, prose } from "./dom.js";
import { helped } from "./feedback.js";
import { figure } from "./figure.js";
import { PHONE, ALERT, PRINTER, COPY, FILE } from "./icons.js";
import { words } from "./words.js";

const body = (message) => prose(message.text);

const text = (message, chat) => [body(message), controlsFor(message, chat)];

function answer(message, chat) {
  const sentences = message.sentences?.length ? message.sentences.map((sentence) => h("p", {}, sentence.text)) : body(message);
  return [
    message.title && h(chat.heading, { class: "title" }, message.title),
    sentences,
    message.figure && figure(message.figure),
    message.next && h("div", { class: "next" }, h("p", { class: "label" }, words.next), h("p", {}, message.next)),
    wordsUsed(message),
    provenance(message, chat),
    h(
      "div",
      { class: "row foot" },
      helped(message, chat),
      h("button", { type: "button", class: "quiet", onclick: () => chat.copy(plain(message)) }, icon(COPY), words.copy),
    ),
    controlsFor(message, chat, words.related),
  ];
}

/** A message as it is copied and printed: its whole text, and the sources of an answer. */
export function plain({ text, type, sources = [] }) {
  if (type !== "answer" || !sources.length) return text;
  const lines = sources.map(({ title, publisher, url }) => `- ${[title, publisher, url].filter(Boolean).join(", ")}`);
  return [text, "", words.sources(sources.length), ...lines].join("\n");
}

/** What hard words of the answer mean, folded. */
function wordsUsed({ terms = [] }) {
  if (!terms.length) return null;
  const meanings = terms.flatMap(({ term, means }) => [h("dt", {}, term), h("dd", {}, means)]);
  return h("details", { class: "terms" }, h("summary", {}, words.terms), h("dl", {}, meanings));
}

/** Where the facts come from, folded, and when they were collected or, once signed, reviewed. */
function provenance({ sources = [], checked_on: checkedOn, reviewed }, chat) {
  const dated = reviewed ? words.reviewed : words.checked;
  const date = checkedOn && h("p", { class: "checked" }, dated, h("time", { datetime: checkedOn }, chat.date(checkedOn)));
  if (!sources.length) return date;
  return h(
    "div",
    { class: "provenance" },
    date,
    h("details", {}, h("summary", {}, words.sources(sources.length)), h("ol", {}, sources.map((source) => h("li", {}, sourceLine(source, chat))))),
  );
}

function sourceLine({ title, url, publisher, date }, chat) {
  const origin = [publisher, date && chat.date(date)].filter(Boolean).join(", ");
  return [url ? link(url, title) : title, origin && h("span", { class: "origin" }, origin)];
}

function declined(message, chat) {
  return [h("div", { class: "aside" }, body(message)), controlsFor(message, chat, message.choices && words.related)];
}

/** The card that says whom to call. Its level stands in words in its heading; the first contact is the largest. */
function careCard(message, chat) {
  const level = words.levels[message.level] ? message.level : "urgent";
  const levelWords = h("span", { class: "level" }, words.levels[level], hidden(": "));
  const [first, ...others] = message.contacts ?? [];
  return [
    h(
      "section",
      { class: `card ${level}`, role: isAlarm(message) && "alert" },
      h(chat.heading, { class: "band" }, icon(ALERT), h("span", {}, levelWords, message.title ?? message.text)),
      h(
        "div",
        { class: "inside" },
        message.bullets?.length ? h("ul", {}, message.bullets.map((bullet) => h("li", {}, bullet))) : message.title && body(message),
        first && firstContact(first),
        others.length > 0 && h("ul", { class: "contacts" }, others.map((contact) => h("li", {}, contactLine(contact)))),
        message.sources?.length > 0 && careSources(message, chat),
      ),
    ),
    controlsFor(message, chat),
  ];
}

const isAlarm = ({ type, level }) => type === "care_card" && (level === "emergency" || level === "crisis");

/** Named in a line, never as something to read first; with links only where the server gives them. */
function careSources({ sources }, chat) {
  return h("div", { class: "named" }, sources.map((source) => h("p", {}, sourceLine(source, chat))));
}

const numberOf = (href) => decodeURIComponent(String(href ?? "").replace(/^[a-z]+:/i, ""));

/** The label, and the number where the label does not already say it. */
function contactWords({ label, href }) {
  const digits = (value) => value.replace(/\D/g, "");
  const number = /^tel:/i.test(href ?? "") ? numberOf(href) : "";
  return { label, number: number && !digits(label).includes(digits(number)) ? number : "" };
}

function contactLine(contact) {
  const { label, number } = contactWords(contact);
  return [link(contact.href, number ? `${label}: ${number}` : label)];
}

function firstContact(contact) {
  if (!contact.href) return h("p", { class: "call" }, contact.label);
  const { label, number } = contactWords(contact);
  const target = link(contact.href, "", { class: "call" });
  if (target.nodeType !== Node.ELEMENT_NODE) return h("p", { class: "call" }, contact.label);
  target.replaceChildren(icon(PHONE), h("span", {}, label, number && h("span", { class: "digits" }, " ", number)));
  return target;
}

const confirmRedFlag = (message, chat) => [h("div", { class: "check" }, icon(ALERT), h("div", {}, body(message))), controlsFor(message, chat)];

function question(message, chat) {
  const { step, total } = message.progress ?? {};
  return [
    step && h("p", { class: "progress" }, words.question(step, total)),
    step && total && h("progress", { value: step, max: total, "aria-hidden": "true" }),
    h("div", { class: "asked" }, body(message)),
    controlsFor(message, chat),
  ];
}

function summary(message, chat) {
  const [title, ...rest] = message.text.split("\n");
  return [
    h(chat.heading, { class: "title" }, title),
    h("div", { class: "sheet" }, prose(rest.join("\n"), chat.subheading)),
    downloads(message, chat),
    controlsFor(message, chat),
  ];
}

const downloads = (message, chat) =>
  message.downloads?.length > 0 && h("div", { class: "row downloads" }, message.downloads.map((download) => downloadControl(download, chat)));

/** The page opens in a tab of its own by a link that is good once, for some minutes; files come by token, at any time. */
function downloadControl(download, chat) {
  if (!chat.isOwnFile(download.url)) return link(download.url, download.label);
  if (download.format === "html") {
    const print = chat.printer(download);
    return h("button", { type: "button", class: "choice", onclick: print }, icon(PRINTER), download.label);
  }
  return h("button", { type: "button", class: "choice", onclick: () => chat.download(download) }, icon(FILE), download.label);
}

const notice = (message, chat) => [h("div", { class: "aside" }, body(message)), downloads(message, chat), controlsFor(message, chat)];

function error(message, chat) {
  const again = h("button", { type: "button", class: "primary", onclick: () => chat.again(again) }, words.again);
  return [
    h("div", { class: "failure", role: "alert" }, body(message), chat.phone && callLink(chat.phone)),
    h("div", { class: "row controls" }, again),
    controlsFor(message, chat),
  ];
}

/** The care team's number, as a link. */
export function callLink(phone) {
  const rest = h("span", { class: "rest" }, words.callWhom, " ", h("span", { class: "digits" }, phone));
  const href = `tel:${phone.replace(/[^\d+*#,;]/g, "")}`;
  return h("a", { class: "phone", href }, icon(PHONE), h("span", {}, words.call, rest));
}

const RENDERERS = {
  text,
  answer,
  choices: text,
  clarify: text,
  declined,
  care_card: careCard,
  confirm_red_flag: confirmRedFlag,
  question,
  summary,
  notice,
  error,
};

/** The list item of a message from the bot. A type not known here is shown as its plain text. */
export function botItem(message, chat) {
  const render = RENDERERS[message.type] ?? text;
  const item = h(
    "li",
    { class: `bot ${RENDERERS[message.type] ? message.type : "text"}`, tabindex: "-1", lang: message.lang, dir: message.dir },
    hidden(words.botSaid),
    render(message, chat),
  );
  return Object.assign(item, { said: words.botSaid + plain(message) });
}

/** The list item of what the person wrote. */
export const personItem = (said) =>
  Object.assign(h("li", { class: "person", tabindex: "-1" }, hidden(words.personSaid), h("p", {}, said)), { said: words.personSaid + said });

/** A fault of the connection or the server, with Retry where trying again makes sense. */
export function failureItem(said, retry, chat) {
  return h(
    "li",
    { class: "bot error" },
    h("div", { class: "failure", role: "alert" }, h("p", {}, said), chat.phone && callLink(chat.phone)),
    retry && h("div", { class: "row" }, h("button", { type: "button", class: "primary", onclick: retry }, words.retry)),
  );
}

/** Something the widget itself has to say; `action` is a button: {label, press(item)}. */
export function noticeItem(said, { urgent = false, action = null } = {}) {
  const button = action && h("button", { type: "button", class: "primary", onclick: () => action.press(item) }, action.label);
  const item = h(
    "li",
    { class: "bot notice", tabindex: "-1" },
    h("div", { class: "aside", role: urgent && "alert" }, h("p", {}, said)),
    button && h("div", { class: "row controls" }, button),
  );
  return item;
}

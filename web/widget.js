/**
 * <relapse-chat>: the chat of AfterALL as a custom element.
 *
 *   <script type="module" src="https://bot.example/chat/widget.js"></script>
 *
 * That one line is enough: where the page has no <relapse-chat>, one is put at its end, with the data- attributes of the
 * script. data-phone: the care team's number, if not that of the bot's settings. data-country: two letters, for the
 * right emergency numbers. data-theme: light or dark, if not as the device is set. data-leave-to: where "Leave this
 * page" leads. data-full-page: fills the page instead of opening from a button. lang: for dates.
 */
import { readableDate } from "./dom.js";
import { botItem, personItem, failureItem, noticeItem } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Session } from "./session.js";
import { settings } from "./settings.js";
import { buildShell } from "./shell.js";
import { sheet, TextSize } from "./styles.js";
import { printTexts } from "./transcript.js";
import { words } from "./words.js";

const BASE = new URL("./", import.meta.url);
const SLOW_AFTER_MS = 5000;
const STATUS_STAYS_MS = 8000;
const LINK_LIFE_MS = 4.5 * 60000;
const WARN_AFTER_MS = 50 * 60000; // what is not stored lives for an hour
const SHIFTS_WITHIN_MS = 2000;
const NEAR_PX = 48;

class RelapseChat extends HTMLElement {
  #shell;
  #chat;
  #session;
  #outbox;
  #starting = null;
  #start = null;
  #failure = null;
  #statusTimer = 0;
  #restored = false;
  #size;
  #asked = false; // a question of the interview is open
  #last = null; // what was sent last
  #seen = 0; // the highest number of a message shown
  #news = null; // the first message that was not scrolled to
  #ending = 0;

  connectedCallback() {
    if (this.#shell) return;
    const fullPage = this.hasAttribute("data-full-page");
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet]; // before the size is read: the page around must not count
    this.#size = new TextSize(this);
    root.adoptedStyleSheets.push(this.#size.sheet);
    this.#shell = buildShell({ fullPage, phone: this.dataset.phone ?? settings.phone });
    this.#chat = this.#conversation(fullPage);
    this.#session = new Session(BASE);
    this.#outbox = new Outbox((item) => this.#deliver(item), {
      busy: (busy) => this.#showBusy(busy),
      reply: (item, reply) => this.#reply(item, reply),
      failed: (item, error) => this.#failed(item, error),
    });
    if (new URLSearchParams(location.search).get("start") === "prepare_visit") this.#start = "prepare_visit";
    root.append(this.#shell.root);
    this.#listen();
    if (fullPage) this.#connect();
  }

  /** What the renderers may know and do. */
  #conversation(fullPage) {
    const lang = this.closest("[lang]")?.lang || "en";
    return {
      heading: fullPage ? "h2" : "h3",
      subheading: fullPage ? "h3" : "h4",
      phone: this.dataset.phone ?? settings.phone,
      date: (value) => readableDate(value, lang),
      choose: (choice) => this.#send({ choice }),
      say: (text, shown) => this.#say(text, shown).focus({ preventScroll: true }),
      again: (button) => this.#again(button),
      copy: (text) => this.#copy(text),
      rate: (feedback) => this.#session.rate(feedback),
      tell: (text) => this.#tell(text),
      printer: (download) => this.#printer(download),
      download: (download) => this.#download(download),
      isOwnFile: (url) => this.#session.isOwnFile(url),
    };
  }

  #listen() {
    const { composer, prepare, leave, menu, elsewhere, launcher, close, panel, dialog, log, news } = this.#shell;
    const { form, input } = composer;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => this.#grow());
    prepare.addEventListener("click", ({ detail }) => {
      if (detail > 1) return; // the second half of a double click would meet the other label
      if (this.#asked) return this.#say(words.showSummary).focus({ preventScroll: true });
      this.#add(personItem(words.prepare)).focus({ preventScroll: true });
      this.#send({ choice: "prepare_visit" });
    });
    leave.addEventListener("click", () => this.#leave());
    menu.larger.addEventListener("click", () => this.#tell(words.textSize(this.#size.change(1))));
    menu.smaller.addEventListener("click", () => this.#tell(words.textSize(this.#size.change(-1))));
    menu.copy.addEventListener("click", () => this.#copy(this.#texts().join("\n\n")));
    menu.print.addEventListener("click", () => printTexts(words.printTitle(new Date().toLocaleDateString()), this.#texts(), this.shadowRoot));
    menu.erase.addEventListener("click", () => {
      dialog.problem.textContent = "";
      dialog.element.showModal();
    });
    menu.other.addEventListener("click", elsewhere.open);
    news.addEventListener("click", () => this.#showNews());
    log.addEventListener("scroll", () => this.#news && this.#inView(this.#news) && this.#forgetNews(), { passive: true });
    this.#listenForShift();
    // What is typed and pressed here is not for the page around: neither for its shortcuts nor for its counters.
    for (const type of ["keydown", "keypress", "keyup", "click", "input"]) {
      this.shadowRoot.addEventListener(type, (event) => event.stopPropagation());
    }
    elsewhere.onGive = async () => {
      await this.#ready();
      return this.#session.code();
    };
    elsewhere.onTake = (code) => this.#resume(code);
    dialog.no.addEventListener("click", () => dialog.element.close());
    dialog.yes.addEventListener("click", () => this.#erase());
    window.addEventListener("online", () => this.#failure && this.#retry());
    launcher?.addEventListener("click", () => this.#toggle(panel.hidden));
    close?.addEventListener("click", () => this.#toggle(false));
    if (launcher) {
      panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !dialog.element.open && !elsewhere.element.open) this.#toggle(false);
      });
    }
  }

  /** Three times Shift, with nothing between: leave. */
  #listenForShift() {
    let times = [];
    window.addEventListener(
      "keydown",
      ({ key, repeat, timeStamp }) => {
        if (repeat) return;
        times = key === "Shift" ? [...times.filter((time) => timeStamp - time < SHIFTS_WITHIN_MS), timeStamp] : [];
        if (times.length >= 3 && this.isConnected && !this.#shell.panel.hidden) this.#leave();
      },
      { capture: true },
    );
  }

  /** Away at once, with nothing left on the screen, in the history of the tab or in its storage. */
  #leave() {
    this.#session.forget();
    this.#shell.root.remove();
    location.replace(this.dataset.leaveTo ?? settings.leaveTo);
  }

  #toggle(open) {
    const { launcher, panel, composer } = this.#shell;
    panel.hidden = !open;
    launcher.hidden = open;
    launcher.setAttribute("aria-expanded", String(open));
    (open ? composer.input : launcher).focus();
    if (open && !this.#starting) this.#connect();
  }

  // ---- the conversation's beginning and end

  async #connect() {
    this.#showBusy(true);
    try {
      await this.#ready();
    } catch (error) {
      this.#fail(error.message || words.noStart, true);
    } finally {
      this.#showBusy(false);
    }
  }

  /** Resolves when there is a conversation; starts it once, however many ask. */
  #ready() {
    this.#starting ??= this.#begin().catch((error) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  async #begin() {
    if (this.#session.open) {
      try {
        return this.#goOn(await this.#session.history());
      } catch (error) {
        if (error.temporary) throw error;
        this.#session.forget();
        this.#add(noticeItem(words.expired));
      }
    }
    const messages = await this.#session.start({
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(this.dataset.country && { country: this.dataset.country }),
      ...(this.#start && { start: this.#start }),
    });
    this.#start = null;
    this.#show(messages);
  }

  /** The conversation of a code takes the place of the one shown here. */
  async #resume(code) {
    await this.#session.resume(code);
    this.#outbox.take();
    this.#clearFailure();
    this.#starting = Promise.resolve();
    const { messages, state } = await this.#session.history();
    const consent = messages.findLast(({ choice }) => /^consent_/.test(choice ?? ""))?.choice;
    if (consent === "consent_yes") this.#session.remember();
    this.#restore(messages);
    this.#showState(state);
    this.#shell.log.focus({ preventScroll: true });
  }

  /** After a reload: the conversation as it was, and the offer to go on with an interview. */
  #goOn({ messages = [], state }) {
    this.#restore(messages);
    this.#showState(state);
    const asked = messages.findLastIndex(({ type }) => type === "question");
    if (asked < 0 || asked < messages.findLastIndex(({ type }) => type === "summary")) return;
    const { step, total } = state?.interview ?? {};
    const press = (item) => {
      item.remove();
      if (step) this.#shell.list.querySelector(".question:last-of-type")?.focus();
      else this.#say(words.goOn).focus({ preventScroll: true });
    };
    const notice = noticeItem(step ? words.midway(step, total) : words.paused, { action: { label: words.goOn, press } });
    if (step) this.#shell.list.lastElementChild.before(notice);
    else this.#shell.list.append(notice);
    this.#shell.log.scrollTop = this.#shell.log.scrollHeight;
  }

  /** An earlier conversation of this tab: only what came after the person's last words can still be answered. */
  #restore(messages) {
    const last = messages.findLastIndex(({ type }) => type === "user");
    this.#restored = true; // links of that time are old
    const items = messages.map((message, index) => {
      const item = message.type === "user" ? personItem(message.text) : botItem(message, this.#chat);
      if (index < last) item.querySelector(".controls")?.remove();
      item.querySelectorAll("[role=alert]").forEach((alert) => alert.removeAttribute("role"));
      return item;
    });
    this.#restored = false;
    this.#shell.list.replaceChildren(...items);
    this.#seen = messages.at(-1)?.seq ?? 0;
    this.#forgetNews();
    this.#waitForEnd();
    this.#shell.log.scrollTop = this.#shell.log.scrollHeight;
  }

  /** The token is no longer good: a new conversation, with what was typed kept in the box. */
  #expired() {
    const items = this.#outbox.take();
    this.#end();
    const kept = this.#giveBack(items);
    this.#add(noticeItem(kept ? words.expiredKept : words.expired, { urgent: true }));
    this.#connect();
  }

  #end() {
    this.#session.forget();
    this.#starting = null;
    this.#seen = 0;
    this.#last = null;
    clearTimeout(this.#ending);
    this.#forgetNews();
    this.#clearFailure();
    this.#shell.list.querySelectorAll(".controls").forEach((controls) => controls.remove());
    this.#showState(null);
  }

  async #erase() {
    const { dialog, list, composer } = this.#shell;
    try {
      await this.#session.erase();
    } catch (error) {
      if (error.status !== 401) {
        dialog.problem.textContent = error.message || words.eraseFailed;
        return;
      }
    }
    this.#outbox.take();
    this.#end();
    list.replaceChildren();
    composer.input.value = "";
    this.#grow();
    dialog.element.close();
    const notice = this.#add(noticeItem(words.erased));
    notice.focus({ preventScroll: true });
    this.#connect();
  }

  // ---- messages out

  #submit() {
    const { input } = this.#shell.composer;
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    input.value = "";
    this.#grow();
    this.#say(text);
  }

  #say(text, shown) {
    const element = this.#add(personItem(shown ?? text));
    this.#send({ text }, element);
    return element;
  }

  /** After an answer that failed on the server: the same words once more, as a new message. */
  #again(button) {
    button.parentElement.remove();
    this.#shell.composer.input.focus();
    if (this.#last) this.#send(this.#last);
  }

  #send(content, element = null) {
    this.#last = content;
    this.#clearFailure();
    this.#outbox.add({ body: { id: newId(), ...content }, element });
  }

  async #deliver(item) {
    await this.#ready();
    return this.#session.send(item.body);
  }

  // ---- messages in

  #reply(item, { messages = [], state = null }) {
    if (item.body.choice === "consent_yes") this.#session.remember();
    if (item.body.choice === "consent_no") this.#session.unremember();
    const first = messages[0]?.seq ?? 0;
    if (this.#seen && first > this.#seen + 2) {
      this.#catchUp();
      return;
    }
    this.#retire(messages, state);
    this.#showState(state);
    this.#show(messages);
  }

  /** Another tab wrote in this conversation: show all of it. */
  async #catchUp() {
    try {
      const { messages, state } = await this.#session.history();
      this.#restore(messages);
      this.#showState(state);
    } catch (error) {
      this.#fail(error.message || words.offline, false);
    }
  }

  /** What is not stored ends after an hour: say so in time, and let it be kept open. */
  #waitForEnd() {
    clearTimeout(this.#ending);
    if (this.#session.remembered) return;
    const press = async (item) => {
      try {
        await this.#session.history();
      } catch (error) {
        this.#tell(error.message || words.offline);
        return;
      }
      item.remove();
      this.#shell.composer.input.focus();
      this.#tell(words.stayed);
      this.#waitForEnd();
    };
    this.#ending = setTimeout(() => this.#add(noticeItem(words.ending, { urgent: true, action: { label: words.stay, press } })), WARN_AFTER_MS);
  }

  /** Controls of a question that is no longer the one being asked. */
  #retire(messages, state) {
    const replaced = messages.some(({ type }) => type === "question" || type === "confirm_red_flag");
    if (!replaced && state?.interview) return;
    this.#shell.list.querySelectorAll(".question .controls, .confirm_red_flag .controls").forEach((controls) => {
      if (controls.contains(this.shadowRoot.activeElement)) this.#shell.log.focus({ preventScroll: true });
      controls.remove();
    });
  }

  /** True when the message stays first in line. */
  #failed(item, error) {
    if (error.status === 401) {
      this.#expired();
      return true;
    }
    if (error.temporary) {
      this.#fail(error.message || (error.status ? words.fault : words.offline), true);
      return true;
    }
    this.#giveBack([item]);
    this.#fail(error.message || words.refused, false);
    return false;
  }

  /** Puts what was typed back into the box. True if there was any. */
  #giveBack(items) {
    const { input } = this.#shell.composer;
    const texts = items.filter(({ body }) => body.text !== undefined);
    texts.forEach(({ element }) => element?.remove());
    input.value = [...texts.map(({ body }) => body.text), input.value].filter(Boolean).join("\n");
    this.#grow();
    return texts.length > 0;
  }

  #fail(text, canRetry) {
    this.#clearFailure();
    this.#failure = this.#add(failureItem(text, canRetry && (() => this.#retry()), this.#chat));
  }

  #clearFailure() {
    if (this.#failure?.contains(this.shadowRoot.activeElement)) this.#shell.log.focus({ preventScroll: true });
    this.#failure?.remove();
    this.#failure = null;
  }

  #retry() {
    this.#clearFailure();
    if (this.#starting) this.#outbox.run();
    else this.#connect().then(() => this.#failure || this.#outbox.run());
  }

  // ---- what is seen

  #show(messages) {
    const items = messages.map((message) => botItem(message, this.#chat));
    const { list } = this.#shell;
    // Who has gone on to a control in the conversation is not to lose it from sight.
    const isElsewhere = this.shadowRoot.activeElement?.matches(".list :is(button, a, input, summary)");
    const isFollowed = !list.lastElementChild || (this.#inView(list.lastElementChild) && !isElsewhere);
    list.append(...items);
    this.#seen = Math.max(this.#seen, ...messages.map(({ seq }) => seq ?? 0));
    this.#waitForEnd();
    if (!items.length) return;
    const alarm = items.find((item) => item.querySelector(".emergency, .crisis"));
    if (alarm || isFollowed) this.#reveal(alarm ?? items[0]);
    else this.#announceNews(items[0]);
  }

  // ---- messages that came while the person was reading further up

  #announceNews(item) {
    this.#news ??= item;
    this.#shell.news.hidden = false;
  }

  #forgetNews() {
    const { news, composer } = this.#shell;
    if (this.shadowRoot.activeElement === news) composer.input.focus({ preventScroll: true });
    this.#news = null;
    news.hidden = true;
  }

  #showNews() {
    const item = this.#news;
    item.focus({ preventScroll: true });
    this.#forgetNews();
    this.#reveal(item);
  }

  /** Is some of the item to be seen? */
  #inView(item) {
    const box = item.getBoundingClientRect();
    const frame = this.#shell.log.getBoundingClientRect();
    return box.top < Math.min(frame.bottom, innerHeight) + NEAR_PX && box.bottom > Math.max(frame.top, 0) - NEAR_PX;
  }

  /** At once, so that a quick reply finds it in view. */
  #add(item) {
    this.#shell.list.append(item);
    this.#reveal(item, "instant");
    return item;
  }

  /** Brings the beginning of an item into view, so that long answers are read from their top. */
  #reveal(item, behavior = "auto") {
    const before = item.previousElementSibling?.matches(".person") ? item.previousElementSibling : item;
    before.scrollIntoView({ block: "start", inline: "nearest", behavior });
  }

  #showState(state) {
    const { prepare, composer } = this.#shell;
    this.#asked = Boolean(state?.interview);
    prepare.lastElementChild.textContent = this.#asked ? words.showSummary : words.prepare;
    composer.label.textContent = this.#asked ? words.answer : words.message;
  }

  #showBusy(busy) {
    this.#showStatus(busy ? words.answering : "", busy);
    if (busy) this.#statusTimer = setTimeout(() => this.#showStatus(words.slow), SLOW_AFTER_MS);
  }

  #showStatus(text, moving = false) {
    clearTimeout(this.#statusTimer);
    const { status } = this.#shell;
    status.textContent = text;
    status.classList.toggle("moving", moving);
  }

  /** A word in the status line, for a while. */
  #tell(text) {
    this.#showStatus(text);
    this.#statusTimer = setTimeout(() => this.#showStatus(""), STATUS_STAYS_MS);
  }

  /** Both sides in order, as plain text. */
  #texts() {
    return [...this.#shell.list.children].map(({ said }) => said).filter(Boolean);
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#tell(words.copied);
    } catch {
      this.#tell(words.copyFailed);
    }
  }

  #grow() {
    const { input } = this.#shell.composer;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }

  /** Opens the page to print; a link that was used, or is old, is asked for anew. */
  #printer({ url }) {
    let until = this.#restored ? 0 : Date.now() + LINK_LIFE_MS;
    return () => {
      if (Date.now() > until) {
        this.#say(words.showSummary);
        this.#showStatus(words.printOld);
        return;
      }
      until = 0;
      const page = window.open(new URL(url, BASE));
      try {
        page?.addEventListener("load", () => page.print());
      } catch {
        // The bot is on another site than this page: the person prints from the new tab.
      }
    };
  }

  async #download({ url, format }) {
    this.#showStatus(words.downloading, true);
    try {
      const file = URL.createObjectURL(await this.#session.file(url, format));
      const anchor = Object.assign(document.createElement("a"), { href: file, download: fileName(url, format) });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(file), 60000);
      this.#tell(words.downloaded);
    } catch (error) {
      this.#tell(error.message || words.downloadFailed);
    }
  }
}

function fileName(url, format) {
  if (url.startsWith("/chat/export")) return "my-data.json";
  return `visit-summary.${format === "fhir" ? "fhir.json" : format}`;
}

/** crypto.randomUUID is missing on plain http addresses other than localhost. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One script tag is enough: the element comes by itself where the page has none. */
function placeItself() {
  if (document.querySelector("relapse-chat")) return;
  const tag = [...document.scripts].find(({ src }) => src === import.meta.url);
  const chat = document.createElement("relapse-chat");
  Object.assign(chat.dataset, tag?.dataset);
  document.body.append(chat);
}

if (!customElements.get("relapse-chat")) {
  customElements.define("relapse-chat", RelapseChat);
  placeItself();
}

/**
 * The look, as constructable style sheets. The tokens at the top may be set from outside:
 * relapse-chat { --aa-accent: #224488; }
 *
 * 1rem here is the text size that the person chose, not that of the page around (which is often 10px): see TextSize.
 */
const DARK = `
  --aa-paper: #141a1a; --aa-surface: #1d2525; --aa-ink: #e9efed; --aa-ink-soft: #aab9b6;
  --aa-line: #354140; --aa-line-strong: #83938f;
  --aa-accent: #86d1c6; --aa-accent-ink: #0c2422; --aa-accent-soft: #1f3432;
  --aa-person: #235a56; --aa-focus: #ffd35c;
  --aa-emergency: #b3182f; --aa-urgent: #9a5200; --aa-routine: #2a629d; --aa-crisis: #783a8b;
  --aa-alarm: #ff9fa6; --aa-alarm-soft: #3a1d21; --aa-caution: #f3b765; --aa-caution-soft: #34290f;
  --aa-shadow: none;
`;

const css = `
:host {
  --aa-paper: #f7f4ee; --aa-surface: #fffefb; --aa-ink: #1e2b2b; --aa-ink-soft: #53615f;
  --aa-line: #e0d9cc; --aa-line-strong: #75827f;
  --aa-accent: #17605b; --aa-accent-ink: #fff; --aa-accent-soft: #e4efeb;
  --aa-person: #1d5e5a; --aa-person-ink: #fff; --aa-focus: #1d4ed8;
  --aa-emergency: #a8142b; --aa-urgent: #8f4700; --aa-routine: #23568c; --aa-crisis: #662a78; --aa-card-ink: #fff;
  --aa-alarm: #a8142b; --aa-alarm-soft: #fcecec; --aa-caution: #8f4700; --aa-caution-soft: #fdf2df;
  --aa-1: 0.25rem; --aa-2: 0.5rem; --aa-3: 0.75rem; --aa-4: 1rem; --aa-5: 1.5rem; --aa-6: 2rem;
  --aa-radius: 1rem; --aa-radius-small: 0.625rem; --aa-target: 2.75rem; --aa-measure: 40rem;
  --aa-font: "Atkinson Hyperlegible", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --aa-font-name: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  --aa-size: 1.0625rem; --aa-size-small: 0.9375rem; --aa-leading: 1.6;
  --aa-shadow: 0 0.0625rem 0.1875rem rgb(30 43 43 / 0.06);
}
:host { all: initial !important; display: block !important; direction: ltr !important; unicode-bidi: normal !important; }
:host([dir=rtl]) { direction: rtl !important; }
@media (prefers-color-scheme: dark) {
  :host(:not([data-theme=light])) { ${DARK} }
}
:host([data-theme=dark]) { ${DARK} }

*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.app {
  all: initial; display: block; color-scheme: light dark; color: var(--aa-ink);
  font: var(--aa-size) / var(--aa-leading) var(--aa-font); overflow-wrap: break-word; -webkit-text-size-adjust: 100%;
}
:host([data-theme=light]) .app { color-scheme: light; }
:host([data-theme=dark]) .app { color-scheme: dark; }
h1, h2, h3, h4, form, p, ul, ol, dl, figure, fieldset, legend { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
a { color: var(--aa-accent); text-underline-offset: 0.15em; }
:focus { outline: none; }
:focus-visible { outline: 0.1875rem solid var(--aa-focus); outline-offset: 0.125rem; }
li[tabindex="-1"]:focus-visible, .chosen:focus-visible { outline-width: 0.125rem; }
.hidden-text { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.row { display: flex; flex-wrap: wrap; gap: var(--aa-2); align-items: center; }
.label { font-size: var(--aa-size-small); font-weight: 600; }
.digits { white-space: nowrap; }

/* frame */
.panel > * { min-inline-size: 0; }
.panel { --gap: var(--aa-4); --edge: max(var(--gap), (100% - var(--aa-measure) - 4rem) / 2); display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr) auto auto; background: var(--aa-paper); }
.panel { container: frame / inline-size; }
.full { block-size: 100vh; block-size: 100dvh; }
.panel:not(.full) {
  position: fixed; z-index: 2147483000; inset-block-end: var(--aa-4); inset-inline-end: var(--aa-4);
  inline-size: min(27rem, 100vw - 2rem); block-size: min(46rem, 100dvh - 2rem);
  border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius); overflow: hidden; box-shadow: 0 1rem 3rem rgb(0 0 0 / 0.22);
}
.launcher { position: fixed; z-index: 2147482999; inset-block-end: var(--aa-4); inset-inline-end: var(--aa-4); }

.header { background: var(--aa-surface); border-block-end: 1px solid var(--aa-line); padding: var(--aa-2) var(--edge) 0; }
.bar { display: flex; align-items: center; gap: var(--aa-3); min-inline-size: 0; }
.mark { inline-size: 2.5rem; flex: none; }
.mark rect { fill: var(--aa-accent); }
.mark path { fill: none; stroke: var(--aa-accent-ink); stroke-width: 2.5; stroke-linecap: round; }
.who { flex: 1 1 auto; min-inline-size: 0; }
.name { font: 600 1.3125rem/1.2 var(--aa-font-name); letter-spacing: 0.005em; }
.limits { font-size: var(--aa-size-small); line-height: 1.35; color: var(--aa-ink-soft); }
.leave { margin-inline-start: auto; }
.tools, .menu { display: flex; flex-wrap: wrap; gap: 0 var(--aa-2); margin-inline: -0.5rem; }
.menu { border-block-start: 1px solid var(--aa-line); padding-block: var(--aa-1); }

/* buttons */
button, .phone, .call { min-block-size: var(--aa-target); cursor: pointer; display: inline-flex; align-items: center; justify-content: center; gap: var(--aa-2); border-radius: var(--aa-radius-small); line-height: 1.35; }
button { border: 1px solid transparent; background: none; padding: var(--aa-2) var(--aa-4); min-inline-size: var(--aa-target); text-align: start; }
.tool { padding-inline: var(--aa-2); font-size: var(--aa-size-small); color: var(--aa-accent); font-weight: 600; }
.tool:hover, .quiet:hover { background: var(--aa-accent-soft); }
.choice { background: var(--aa-surface); border-color: var(--aa-accent); color: var(--aa-accent); font-weight: 600; border-radius: calc(var(--aa-target) / 2); }
.choice:hover { background: var(--aa-accent-soft); }
.quiet { color: var(--aa-accent); text-decoration: underline; text-underline-offset: 0.2em; padding-inline: var(--aa-3); }
.primary, .send, .launcher { background: var(--aa-accent); color: var(--aa-accent-ink); border-color: var(--aa-accent); font-weight: 600; }
.danger { background: var(--aa-emergency); color: var(--aa-card-ink); border-color: var(--aa-emergency); font-weight: 600; }
.primary:hover, .send:hover, .launcher:hover, .danger:hover, .call:hover { filter: brightness(1.12); }
.launcher { border-radius: calc(var(--aa-target) / 2); padding-inline: var(--aa-5); box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 0.25); }
.phone { padding: var(--aa-2) var(--aa-3); border: 1px solid var(--aa-accent); font-weight: 600; font-size: var(--aa-size-small); text-decoration: none; flex: none; }
.bar .digits { display: block; }

/* conversation */
.log { position: relative; overflow-y: auto; overscroll-behavior: contain; padding: var(--aa-5) var(--edge) 2.5rem; }
.log:focus-visible { outline-offset: -0.1875rem; }
.list { list-style: none; display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--aa-4); }
.list > li { scroll-margin: var(--aa-4); border-radius: var(--aa-radius); }
.bot { justify-self: start; max-inline-size: var(--aa-measure); display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--aa-3); justify-items: start; }
.bot { background: var(--aa-surface); border: 1px solid var(--aa-line); padding: var(--aa-4) var(--aa-5); box-shadow: var(--aa-shadow); }
.bot.answer, .bot.question, .bot.summary { inline-size: 100%; padding-block: var(--aa-5); }
.bot.notice { background: none; box-shadow: none; }
.bot.care_card, .bot.error { background: none; border: 0; padding: 0; box-shadow: none; }
.bot.confirm_red_flag { background: var(--aa-caution-soft); border-color: var(--aa-caution); }
ul { list-style: disc; }
.bot ul, .bot ol { padding-inline-start: 1.25em; display: grid; gap: var(--aa-2); }
.person { justify-self: end; max-inline-size: min(34rem, 85%); }
.person p { background: var(--aa-person); color: var(--aa-person-ink); padding: var(--aa-3) var(--aa-4); border-radius: var(--aa-radius) var(--aa-radius) 0.25rem var(--aa-radius); white-space: pre-wrap; }
.title { font: 600 1.25rem/1.35 var(--aa-font); }
.subtitle { font: 600 var(--aa-size)/1.4 var(--aa-font); margin-block-start: var(--aa-2); }

/* answer */
.next { inline-size: 100%; background: var(--aa-accent-soft); border-radius: var(--aa-radius-small); padding: var(--aa-3) var(--aa-4); }
.next .label { color: var(--aa-accent); }
.provenance { inline-size: 100%; font-size: var(--aa-size-small); border-block-start: 1px solid var(--aa-line); padding-block-start: var(--aa-2); }
.checked { font-size: var(--aa-size-small); color: var(--aa-ink-soft); }
summary { min-block-size: var(--aa-target); display: inline-flex; align-items: center; gap: var(--aa-2); cursor: pointer; color: var(--aa-accent); font-weight: 600; border-radius: var(--aa-radius-small); padding-inline-end: var(--aa-2); }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; inline-size: 0.5em; block-size: 0.5em; border: solid currentColor; border-width: 0 0.15em 0.15em 0; rotate: -45deg; margin-inline: 0.2em; }
[open] > summary::before { rotate: 45deg; }
.origin { display: block; color: var(--aa-ink-soft); }
a + .origin { margin-block-start: -0.5rem; }
details a, .named a { display: block; inline-size: fit-content; padding-block: 0.625rem; min-block-size: var(--aa-target); }
dt { font-weight: 600; }
dd { margin: 0 0 var(--aa-2); }
.people { display: block; inline-size: 16rem; max-inline-size: 100%; margin-block: var(--aa-1) var(--aa-2); }
.people.small { inline-size: 11rem; }
.people g { fill: none; stroke: var(--aa-line-strong); stroke-width: 1.5; }
.people .marked { fill: var(--aa-accent); stroke: var(--aa-accent); }
figcaption { font-weight: 600; }

.foot { justify-content: space-between; inline-size: 100%; border-block-start: 1px solid var(--aa-line); padding-block-start: var(--aa-1); margin-block-end: -0.5rem; }
.foot .quiet:last-child { margin-inline-end: -0.75rem; }
.helped form { inline-size: 100%; }
.helped label { font-size: var(--aa-size-small); flex: 1 0 100%; }
.helped input { flex: 1 1 12rem; min-inline-size: 0; min-block-size: var(--aa-target); padding: var(--aa-2) var(--aa-3); border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius-small); background: var(--aa-surface); }

/* other messages */
.aside { display: grid; gap: var(--aa-2); }
.failure { background: var(--aa-alarm-soft); border: 1px solid var(--aa-alarm); border-radius: var(--aa-radius-small); padding: var(--aa-3) var(--aa-4); display: grid; gap: var(--aa-2); justify-items: start; }
.failure .phone { border-color: var(--aa-alarm); color: var(--aa-alarm); }
.check { display: flex; gap: var(--aa-3); font-weight: 600; }
.check .icon { color: var(--aa-caution); margin-block-start: 0.15em; }
.sheet { display: grid; gap: var(--aa-2); inline-size: 100%; }

/* care card */
.card { inline-size: 100%; border: 0.125rem solid var(--level); border-radius: var(--aa-radius); overflow: hidden; background: var(--aa-surface); }
.care_card { inline-size: 100%; }
.emergency { --level: var(--aa-emergency); }
.urgent { --level: var(--aa-urgent); }
.routine { --level: var(--aa-routine); }
.crisis { --level: var(--aa-crisis); }
.band { background: var(--level); color: var(--aa-card-ink); padding: var(--aa-4) var(--aa-5); display: flex; gap: var(--aa-3); align-items: flex-start; font: 700 1.375rem/1.3 var(--aa-font); }
.routine .band, .urgent .band { font-size: 1.1875rem; }
.level { display: block; font-size: var(--aa-size-small); font-weight: 600; }
.inside { padding: var(--aa-5); display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--aa-4); }
.call { background: var(--level); color: var(--aa-card-ink); font-size: 1.25rem; font-weight: 700; text-decoration: none; padding: var(--aa-3) var(--aa-4); min-block-size: 3.5rem; }
.contacts { list-style: none; padding: 0 !important; }
.contacts a { display: inline-flex; align-items: center; min-block-size: var(--aa-target); font-weight: 600; }
.named { font-size: var(--aa-size-small); color: var(--aa-ink-soft); }

/* controls */
.controls { inline-size: 100%; display: grid; gap: var(--aa-3); justify-items: start; }
.choices { display: grid; gap: var(--aa-2); }
.chosen { justify-self: end; color: var(--aa-person-ink); background: var(--aa-person); border-radius: var(--aa-radius) var(--aa-radius) 0.25rem var(--aa-radius); padding: var(--aa-2) var(--aa-4); }
.controls form { display: grid; gap: var(--aa-3); justify-items: start; inline-size: 100%; }
fieldset { display: grid; gap: var(--aa-2); inline-size: 100%; }
legend { margin-block-end: var(--aa-2); }
.box { display: flex; gap: var(--aa-3); align-items: center; min-block-size: var(--aa-target); padding: var(--aa-2) var(--aa-3); border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius-small); cursor: pointer; line-height: 1.35; }
.box:has(:checked) { background: var(--aa-accent-soft); border-color: var(--aa-accent); box-shadow: inset 0 0 0 1px var(--aa-accent); }
input[type=checkbox] { inline-size: 1.375rem; block-size: 1.375rem; accent-color: var(--aa-accent); flex: none; margin: 0; }
.controls input:not([type=checkbox]) { min-block-size: var(--aa-target); padding: var(--aa-2) var(--aa-3); border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius-small); background: var(--aa-surface); max-inline-size: 100%; }
.number { inline-size: 8rem; }
.point { min-inline-size: var(--aa-target); padding-inline: var(--aa-2); }
.hint, .keys { font-size: var(--aa-size-small); color: var(--aa-ink-soft); }
.problem { color: var(--aa-alarm); font-weight: 600; }
.problem:empty { display: none; }
.steps { border-block-start: 1px solid var(--aa-line); padding-block-start: var(--aa-2); inline-size: 100%; margin-block-end: -0.5rem; }
.steps .quiet:first-child { margin-inline-start: -0.75rem; }
.progress { font-size: var(--aa-size-small); color: var(--aa-ink-soft); font-weight: 600; }
progress { appearance: none; inline-size: 100%; block-size: 0.375rem; border: 0; border-radius: 1rem; background: var(--aa-line); overflow: hidden; margin-block-start: -0.375rem; }
progress::-webkit-progress-bar { background: var(--aa-line); }
progress::-webkit-progress-value { background: var(--aa-accent); }
progress::-moz-progress-bar { background: var(--aa-accent); }
.asked { font: 600 1.1875rem/1.4 var(--aa-font); display: grid; gap: var(--aa-2); }
.asked p + p { font: var(--aa-size) / var(--aa-leading) var(--aa-font); }

/* status and composer */
.between { position: relative; }
.status { position: absolute; inset: auto auto 0 var(--edge); max-inline-size: calc(100% - 2 * var(--edge)); min-block-size: 2rem; line-height: 2rem; font-size: var(--aa-size-small); color: var(--aa-ink-soft); background: var(--aa-paper); padding-inline-end: var(--aa-4); border-start-end-radius: var(--aa-radius-small); pointer-events: none; }
.news { position: absolute; inset-block-end: var(--aa-2); inset-inline-end: var(--edge); border-radius: calc(var(--aa-target) / 2); padding-inline: var(--aa-5); box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 0.25); }
.status:empty { background: none; padding: 0; }
.moving::after { content: ""; display: inline-block; inline-size: 1.5em; block-size: 0.3em; margin-inline-start: 0.4em; background: radial-gradient(circle closest-side, currentColor 90%, transparent) 0 / 33.3% 100%; animation: breathe 1.25s ease-in-out 4; }
@keyframes breathe { 50% { opacity: 0.25; } }
.composer { background: var(--aa-surface); border-block-start: 1px solid var(--aa-line); padding: var(--aa-2) var(--edge) max(var(--aa-3), env(safe-area-inset-bottom)); }
.above, .entry { display: flex; gap: var(--aa-2); }
.above { justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
.entry { align-items: flex-end; }
textarea { flex: 1; min-inline-size: 0; resize: none; min-block-size: 3rem; max-block-size: min(12rem, 35vh); padding: 0.625rem var(--aa-4); line-height: 1.6; border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius); background: var(--aa-paper); }
textarea:focus-visible { outline-offset: 0; }
.send { min-block-size: 3rem; border-radius: var(--aa-radius); }

dialog { inset: 0; margin: auto; max-inline-size: min(26rem, 100vw - 2rem); border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius); padding: var(--aa-5); background: var(--aa-surface); color: var(--aa-ink); }
dialog[open] { display: grid; gap: var(--aa-3); }
dialog label { font-weight: 600; }
dialog input { inline-size: 9.5rem; min-block-size: var(--aa-target); padding: var(--aa-2) var(--aa-3); border: 1px solid var(--aa-line-strong); border-radius: var(--aa-radius-small); background: var(--aa-surface); text-transform: uppercase; }
.code { font-size: 1.5rem; font-weight: 700; letter-spacing: 0.08em; font-family: ui-monospace, monospace; user-select: all; }
dialog::backdrop { background: rgb(10 20 20 / 0.55); }

/* narrow: a phone, or the panel on a clinic's page */
@container frame (max-width: 36em) {
  .log { padding-block-start: var(--aa-4); }
  .keys, .close span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .bot { padding-inline: var(--aa-4); }
  .bot.answer, .bot.question, .bot.summary, .inside { padding: var(--aa-4); }
  .band { padding: var(--aa-3) var(--aa-4); }
  .bar { flex-wrap: wrap; row-gap: var(--aa-1); }
  .who { flex: 1 1 8rem; }
  .close { min-inline-size: var(--aa-target); }
  .bar .phone { order: 1; flex: 1 0 100%; padding-block: 0; background: var(--aa-accent); color: var(--aa-accent-ink); }
  .bar .digits { display: inline; }
  .tools { gap: 0; }
  .tool { padding-inline: var(--aa-1); font-size: 0.875rem; }
  .tools { margin-inline: -0.25rem; }
  .tool:not(.close) .icon { display: none; }
}
@container frame (max-width: 22em) {
  .mark { display: none; }
}
@media (max-width: 40em) {
  .panel { --gap: var(--aa-3); }
  .panel:not(.full) { inset: 0; inline-size: auto; block-size: auto; border: 0; border-radius: 0; }
}
/* Very low windows (400 % zoom): nothing sticks, the whole page scrolls. */
@media (max-height: 30em) {
  .full { block-size: auto; min-block-size: 100vh; }
  .panel:not(.full) { overflow-y: auto; grid-template-rows: none; }
  .log { overflow: visible; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
@media (prefers-reduced-motion: no-preference) {
  .log { scroll-behavior: smooth; }
}
@media (forced-colors: active) {
  .person p, .chosen, .next, .card, .band, .check, .call, .primary, .send, .danger { border: 1px solid CanvasText; }
  .people .marked { fill: Highlight; stroke: Highlight; }
  .people g { stroke: CanvasText; }
  progress { border: 1px solid CanvasText; forced-color-adjust: none; }
  summary::before { border-color: LinkText; }
}
@media print {
  .tools, .composer, .status, .controls, .launcher { display: none !important; }
  .full, .panel { block-size: auto; display: block; }
  .log { overflow: visible; }
}
`;

export const sheet = new CSSStyleSheet();
sheet.replaceSync(css.replace(/(-?[\d.]+)rem/g, "calc($1 * var(--aa-rem))"));

const STEPS = [0.875, 1, 1.15, 1.3, 1.5, 1.75, 2];
const STORE_SIZE = "afterall.text-size";

/** The size of all text: the browser's own size, times what the person chose. */
export class TextSize {
  sheet = new CSSStyleSheet();
  #normal;
  #step = STEPS.indexOf(1);

  constructor(host) {
    this.#normal = parseFloat(getComputedStyle(host).fontSize);
    try {
      this.#step = STEPS[sessionStorage.getItem(STORE_SIZE)] ? Number(sessionStorage.getItem(STORE_SIZE)) : this.#step;
    } catch {
      // Storage is switched off: the size lasts as long as the page.
    }
    this.change(0);
  }

  /** Some steps up or down; the size in percent. */
  change(steps) {
    this.#step = Math.min(Math.max(this.#step + steps, 0), STEPS.length - 1);
    this.sheet.replaceSync(`:host { --aa-rem: ${this.#normal * STEPS[this.#step]}px; }`);
    try {
      if (steps) sessionStorage.setItem(STORE_SIZE, this.#step);
    } catch {
      // See above.
    }
    return Math.round(STEPS[this.#step] * 100);
  }
}

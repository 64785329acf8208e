/** The conversation on paper: plain text in a frame of its own, so that the page around it is not printed. */
import { h } from "./dom.js";

const paper = `
body { font: 12pt/1.5 system-ui, sans-serif; color: #000; background: #fff; margin: 0; }
h1 { font-size: 15pt; } p { white-space: pre-wrap; overflow-wrap: anywhere; border-top: 0.5pt solid #999; padding-top: 6pt; break-inside: avoid-page; }
`;

/** Prints `texts` under `title`; `place` is where the frame may stand meanwhile. */
export function printTexts(title, texts, place) {
  const frame = h("iframe", { class: "hidden-text", title, tabindex: "-1", "aria-hidden": "true" });
  place.append(frame);
  const { contentWindow: view, contentDocument: page } = frame;
  const style = new view.CSSStyleSheet();
  style.replaceSync(paper);
  page.adoptedStyleSheets = [style];
  page.title = title;
  page.documentElement.lang = "en";
  page.body.append(h("h1", {}, title), ...texts.map((text) => h("p", {}, text)));
  view.addEventListener("afterprint", () => frame.remove());
  view.print();
}

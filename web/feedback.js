/** "Did this help you?" under an answer: one press counts, and a word may follow. */
import { freshId, h } from "./dom.js";
import { words } from "./words.js";

export function helped({ id: message }, chat) {
  const titleId = freshId("helped");
  const title = h("p", { id: titleId, class: "label" }, words.helped);
  const box = h("div", { role: "group", class: "helped row", "aria-labelledby": titleId }, title);

  const rate = async (answer, done) => {
    try {
      await chat.rate({ message, ...answer });
    } catch {
      chat.tell(words.helpedFailed);
      return;
    }
    const focused = box.contains(box.getRootNode().activeElement);
    box.replaceChildren(...done);
    if (focused) done[0].focus({ preventScroll: true });
  };
  const press = (helpful) => () => rate({ helpful }, [thanks(words.helpedThanks), wordForm(helpful)]);
  const thanks = (text) => h("p", { class: "label", tabindex: "-1", id: titleId }, text);

  function wordForm(helpful) {
    const id = freshId("word");
    const input = h("input", { id, type: "text", autocomplete: "off", maxlength: "2000" });
    const submit = (event) => {
      event.preventDefault();
      const comment = input.value.trim();
      if (comment) rate({ helpful, comment }, [thanks(words.helpedKept)]);
      else input.focus();
    };
    return h("form", { class: "row", onsubmit: submit }, h("label", { for: id }, words.helpedWord), input, h("button", { class: "choice" }, words.helpedSend));
  }

  box.append(...[true, false].map((helpful) => h("button", { type: "button", class: "quiet", onclick: press(helpful) }, helpful ? words.yes : words.no)));
  return box;
}

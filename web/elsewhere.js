/** Going on from another device: the dialog that shows a code, and takes one. */
import { freshId, h } from "./dom.js";
import { words } from "./words.js";

/** `onGive` resolves to {code, expires_at}; `onTake` gets the code typed. Both may reject with a readable message. */
export function buildElsewhere() {
  const titleId = freshId("title");
  const inputId = freshId("code");
  const give = h("button", { type: "button", class: "choice" }, words.giveCode);
  const given = h("output", { class: "code" });
  const until = h("p", { role: "status" });
  const input = h("input", { id: inputId, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "12" });
  const form = h("form", { class: "row" }, h("label", { for: inputId }, words.haveCode), input, h("button", { class: "choice" }, words.useCode));
  const problem = h("p", { class: "problem", role: "alert" });
  const close = h("button", { type: "button", class: "choice" }, words.closeDialog);
  const element = h(
    "dialog",
    { "aria-labelledby": titleId },
    h("h2", { id: titleId, class: "title" }, words.elsewhere),
    h("p", {}, words.elsewhereText),
    h("div", { class: "row" }, give, given),
    until,
    form,
    problem,
    h("div", { class: "row" }, close),
  );
  const dialog = { element, onGive: null, onTake: null, open };

  function open() {
    given.textContent = until.textContent = problem.textContent = input.value = "";
    element.showModal();
  }

  const attempt = async (action) => {
    problem.textContent = "";
    try {
      await action();
    } catch (error) {
      problem.textContent = error.message || words.noStart;
    }
  };

  close.addEventListener("click", () => element.close());
  give.addEventListener("click", () =>
    attempt(async () => {
      const { code, expires_at: end } = await dialog.onGive();
      given.textContent = `${code.slice(0, 4)} ${code.slice(4)}`;
      until.textContent = words.codeUntil(new Date(end).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" }));
    }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      if (!input.value.trim()) throw new Error(words.codeMissing);
      await dialog.onTake(input.value);
      element.close();
    });
  });
  return dialog;
}

/** "3 of 10 people" as a small array of people. Its name is the label, which stands below it and is read out once. */
import { freshId, h, svg } from "./dom.js";

const PER_ROW = 10;
const MOST = 100;
const CELL = { width: 20, height: 34 };

export function figure({ of, marked, label }) {
  if (!(of > 0 && of <= MOST)) return h("figure", {}, h("figcaption", {}, label));
  const name = freshId("figure");
  const caption = h("figcaption", { id: name, "aria-hidden": "true" }, label);
  const rows = Math.ceil(of / PER_ROW);
  const people = Array.from({ length: of }, (_, index) =>
    svg(
      "g",
      {
        class: index < marked && "marked",
        transform: `translate(${(index % PER_ROW) * CELL.width} ${Math.floor(index / PER_ROW) * CELL.height})`,
      },
      svg("circle", { cx: 10, cy: 7, r: 4.5 }),
      svg("path", { d: "M3 29v-7a7 7 0 0 1 14 0v7z" }),
    ),
  );
  const width = Math.min(of, PER_ROW) * CELL.width;
  return h(
    "figure",
    {},
    svg("svg", { class: rows > 3 ? "people small" : "people", viewBox: `0 0 ${width} ${rows * CELL.height}`, role: "img", "aria-labelledby": name, focusable: "false" }, people),
    caption,
  );
}

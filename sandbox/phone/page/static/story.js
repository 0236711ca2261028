/* What happened, the newest step on top; times grow old on their own. */

import { find, h, redraw } from "./dom.js";
import { ago } from "./texts.js";

const list = find("steps");
const empty = find("steps-empty");
let newest = null;

export function drawSteps(state) {
  const before = newest;
  newest = Math.max(0, ...state.steps.map((each) => each.number));
  empty.hidden = state.steps.length > 0;
  redraw(list, state.steps, (steps) => steps.toReversed().map((each) => step(each, before !== null && each.number > before)));
}

function step(each, isNew) {
  return h(
    "li",
    { class: `step of-${each.actor}${isNew ? " arriving" : ""}`, "data-code": each.code },
    h("p", {}, each.text),
    each.detail ? h("code", {}, each.detail) : null,
    h("time", { datetime: each.at }, ago(new Date(each.at))),
  );
}

setInterval(() => {
  for (const time of list.querySelectorAll("time")) time.textContent = ago(new Date(time.dateTime));
}, 1000);

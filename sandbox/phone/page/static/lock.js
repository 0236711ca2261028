/* The lock screen: the time, and the notifications, the newest on top. */

import { find, h, redraw } from "./dom.js";
import { ago, clockOf, dayOf, texts } from "./texts.js";

const notices = find("notices");
const lockTime = document.querySelector(".lock-time");
let newest = null;

function tick() {
  const at = new Date();
  for (const clock of document.querySelectorAll(".clock")) clock.textContent = clockOf(at);
  lockTime.querySelector(".date").textContent = dayOf(at);
  for (const time of notices.querySelectorAll("time")) time.textContent = ago(new Date(time.dateTime));
}

export function drawLock(state) {
  const shown = state.notices.toReversed();
  const before = newest;
  newest = Math.max(0, ...shown.map((each) => each.number));
  redraw(notices, shown, () => shown.map((each) => notice(each, before !== null && each.number > before)));
  notices.classList.toggle("many", shown.length > 1);
}

function notice(each, isNew) {
  return h(
    "li",
    { class: isNew ? "notice-card arriving" : "notice-card" },
    each.icon ? h("img", { src: each.icon, alt: "", width: 34, height: 34 }) : null,
    h(
      "div",
      {},
      h("strong", {}, each.title),
      h("time", { datetime: each.at }, ago(new Date(each.at))),
      h("p", {}, each.text),
    ),
  );
}

notices.addEventListener("click", () => notices.classList.toggle("open"));
notices.setAttribute("title", texts.notices);
setInterval(tick, 1000);
tick();

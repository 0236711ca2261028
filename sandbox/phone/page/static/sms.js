/* Text messages: what came to any number here, the newest on top; there is one phone, so it shows them all. */

import { find, h, redraw } from "./dom.js";
import { ago, texts } from "./texts.js";

const CODE = /(\b\d{6}\b|https?:\/\/\S+)/;
const list = find("sms");
const panel = find("sms-panel");
let newest = null;

export function drawSms(state) {
  panel.hidden = state.sms.length === 0;
  const before = newest;
  newest = Math.max(0, ...state.sms.map((each) => each.number));
  redraw(list, state.sms, () => state.sms.toReversed().map((each) => message(each, before !== null && each.number > before)));
}

function message(each, isNew) {
  return h(
    "li",
    { class: isNew ? "sms arriving" : "sms" },
    h("p", { class: "sms-head" }, h("span", {}, texts.sms_to.replace("{number}", each.to)), h("time", { datetime: each.at }, ago(new Date(each.at)))),
    h("p", { class: "sms-text" }, each.text.split(CODE).map(part)),
  );
}

/** A code stands out, and a link may be followed: both are what one reads a message for. */
function part(text) {
  if (!CODE.test(text)) return text;
  return text.startsWith("http") ? h("a", { href: text, target: "_blank", rel: "noopener" }, text) : h("strong", { class: "number" }, text);
}

setInterval(() => {
  for (const time of list.querySelectorAll("time")) time.textContent = ago(new Date(time.dateTime));
}, 5_000);

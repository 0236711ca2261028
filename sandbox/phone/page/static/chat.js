/* The chat: bubbles, pictures, buttons; the composer and the keyboard of the person. */

import { follow, press, send, show } from "./actions.js";
import { find, h, redraw } from "./dom.js";
import { clockOf, texts } from "./texts.js";

const list = find("messages");
const toast = find("toast");
const composer = find("composer");
const line = find("text");
const start = find("start");
const keyboard = find("keyboard");
const presence = find("presence");
const address = new URL(location.href);
const payload = address.searchParams.get("start");
let isDeepLinked = payload !== null;
let newest = null;
let toasted = null;

export function drawChat(state) {
  const chat = state.chat;
  presence.textContent = chat.is_typing ? presence.dataset.typing : presence.dataset.idle;
  const mustStart = !chat.is_started || isDeepLinked;
  start.hidden = !mustStart;
  composer.hidden = mustStart;
  keyboard.hidden = mustStart || chat.keyboard.length === 0;
  redraw(keyboard, chat.keyboard, (rows) => rows.map((row, y) => h("div", { class: "keys" }, row.map((key, x) => reply(key, x, y)))));
  drawMessages(chat.messages);
  drawToast(chat.toast);
}

function drawMessages(messages) {
  const before = newest;
  newest = Math.max(0, ...messages.map((each) => each.id));
  const isNew = (each) => before !== null && each.id > before;
  const wasAtEnd = before === null || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  if (!redraw(list, messages, () => messages.map((each) => bubble(each, isNew(each))))) return;
  if (!wasAtEnd && !messages.some(isNew)) return;
  const toEnd = () => list.scrollTo({ top: list.scrollHeight });
  toEnd();
  for (const picture of list.querySelectorAll("img")) picture.addEventListener("load", toEnd, { once: true });
}

function bubble(each, isNew) {
  const body = [
    each.photo ? h("img", { src: each.photo, alt: texts.photo }) : null,
    each.contact ? h("p", { class: "contact" }, each.contact) : null,
    each.document ? h("p", { class: "contact" }, each.document) : null,
    each.spans.length ? h("p", { class: "words" }, each.spans.map(span)) : null,
    h("span", { class: "stamp" }, each.is_edited ? `${texts.edited} ` : "", clockOf(new Date(each.at))),
  ];
  return h(
    "li",
    { class: `message ${each.is_bot ? "theirs" : "mine"}${each.photo ? " pictured" : ""}${isNew ? " arriving" : ""}`, "data-message": each.id },
    h("div", { class: "bubble" }, body),
    each.buttons.map((row, y) => h("div", { class: "inline" }, row.map((key, x) => inline(each.id, key, x, y)))),
  );
}

function span(each) {
  const styles = each.styles.map((style) => `t-${style}`).join(" ");
  if (!each.address) return h("span", { class: styles }, each.text);
  return h("a", { class: styles, href: each.address, onclick: (event) => go(event, each.address) }, each.text);
}

function inline(message, key, column, row) {
  const onclick = key.url ? (event) => go(event, key.url) : async () => show(await press({ message, row, column }));
  return h("button", { type: "button", class: key.url ? "link" : "", "data-focus": `m${message}-${row}-${column}`, onclick }, key.text);
}

function reply(key, column, row) {
  return h("button", { type: "button", "data-focus": `k${row}-${column}`, onclick: async () => show(await press({ row, column })) }, key.text);
}

async function go(event, target) {
  event.preventDefault();
  show(await follow(target));
}

function drawToast(shown) {
  const before = toasted;
  toasted = shown?.number ?? 0;
  if (before === null || toasted === before || !shown.text) return;
  toast.textContent = shown.text;
  toast.hidden = false;
  clearTimeout(drawToast.timer);
  drawToast.timer = setTimeout(() => (toast.hidden = true), shown.is_alert ? 8000 : 3500);
}

start.addEventListener("click", async () => {
  isDeepLinked = false;
  address.searchParams.delete("start");
  history.replaceState(null, "", address);
  show(await send(payload ? `/start ${payload}` : "/start"));
});

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = line.value.trim();
  if (!text) return;
  line.value = "";
  show(await send(text));
});

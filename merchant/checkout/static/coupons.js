// The member's coupons as ticks, and a field for codes that were shown on paper or said aloud.

import { element } from "./screens.js";
import { language, say } from "./texts.js";

const COUPON_ID = /^[0-9a-hjkmnp-tv-z]{20}$/;
const MOST_CODES = 20;
// Refusals of a quote that one of the codes brought about.
const OF_CODES = ["voucher_typo", "unknown_voucher", "voucher_throttled", "code_of_no_offer", "unknown_coupon"];
const field = element("coupon-code");
const fault = element("coupon-error");
let card = null;
let sale = null;
let changed = null;

/** Wires the fieldset; `codesChanged(codes)` is told of every tick and of every code typed or taken away. */
export function prepareCoupons(codesChanged) {
  changed = codesChanged;
  element("coupon-add").addEventListener("click", addTyped);
  field.addEventListener("input", () => complain(null));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value.trim()) return;
    event.preventDefault();
    addTyped();
  });
}

export function showCoupons(openSale, resolvedCard) {
  sale = openSale;
  card = resolvedCard;
  field.value = "";
  complain(null);
  const usable = card.coupons.filter((each) => each.usable);
  const others = card.coupons.filter((each) => !each.usable);
  element("coupons").replaceChildren(...usable.map(tick));
  element("other-coupons").hidden = !others.length;
  element("other-coupons").querySelector("summary").textContent = say("coupons_others", {
    count: String(others.length),
  });
  element("other-coupons").querySelector("ul").replaceChildren(...others.map(notNow));
  drawTyped();
}

/** Says beside a ticked coupon what the quote says of its offer, when that is not that it was applied. */
export function drawVerdicts(explain) {
  for (const coupon of card.coupons.filter((each) => each.usable)) {
    const line = explain.find((each) => each.offer_id && codeOf(each.offer_id) === coupon.offer);
    const isRefused = sale.codes.includes(coupon.id) && line && !line.applied;
    const hint = element(`coupon-${coupon.id}-hint`);
    hint.textContent = isRefused ? line.text[language] : coupon.text[language];
    hint.classList.toggle("refused", Boolean(isRefused));
  }
  drawTyped();
}

/** Tells whether a refusal was about a code. That code is taken out, its fault said where it was typed or ticked. */
export function tookTheBlame(error) {
  if (!OF_CODES.includes(error.code) || !sale.codes.length) return false;
  const place = Number(/^\/coupon_codes\/(\d+)$/.exec(error.facts.field ?? "")?.[1] ?? blamed(error));
  const code = sale.codes[place];
  const coupon = card.coupons.find((each) => each.id === code);
  put(sale.codes.filter((_, each) => each !== place));
  if (coupon) element(`coupon-${coupon.id}`).checked = false;
  else field.value = code;
  complain(error.message);
  if (document.activeElement === document.body || element("codes").contains(document.activeElement)) field.focus();
  return true;
}

/** The refusal that names no code is about the coupon of the offer it names, else about the last code. */
function blamed({ facts }) {
  const offer = codeOf(facts.offer ?? "");
  const ticked = card.coupons.find((each) => each.offer === offer && sale.codes.includes(each.id));
  return ticked ? sale.codes.indexOf(ticked.id) : sale.codes.length - 1;
}

/** An offer's id is its programme, a dot, and its code. */
function codeOf(offerId) {
  return offerId.slice(offerId.indexOf(".") + 1);
}

/** Adds a code that a scanner read. */
export function addScanned(code) {
  field.value = code;
  addTyped();
}

function addTyped() {
  const code = spelled(field.value);
  if (!code) complain(say("code_empty"));
  else if (sale.codes.some((each) => each.toLowerCase() === code.toLowerCase())) complain(say("code_twice"));
  else if (sale.codes.length >= MOST_CODES) complain(say("code_too_many", { most: String(MOST_CODES) }));
  else {
    field.value = "";
    complain(null);
    const ticked = document.getElementById(`coupon-${code}`);
    if (ticked) ticked.checked = true;
    put([...sale.codes, code]);
  }
  field.focus();
}

/** A coupon's number is kept in small letters without gaps; any other code goes as it was typed. */
function spelled(text) {
  const bare = text.replace(/[\s-]/g, "").toLowerCase();
  return COUPON_ID.test(bare) ? bare : text.trim();
}

function put(codes) {
  changed(codes);
  drawTyped();
}

function drawTyped() {
  const known = new Set(card.coupons.map((each) => each.id));
  const typed = sale.codes.filter((code) => !known.has(code) || !document.getElementById(`coupon-${code}`));
  element("typed-codes").hidden = !typed.length;
  element("typed-codes").replaceChildren(...typed.map(typedCode));
}

function typedCode(code) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const button = document.createElement("button");
  name.className = "number breakable";
  name.textContent = code.toUpperCase();
  Object.assign(button, { type: "button", className: "link-button small", textContent: say("code_remove") });
  button.setAttribute("aria-label", `${say("code_remove")} ${code}`);
  button.addEventListener("click", () => {
    put(sale.codes.filter((each) => each !== code));
    field.focus();
  });
  item.append(name, button);
  return item;
}

function tick(coupon) {
  const item = document.createElement("li");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", id: `coupon-${coupon.id}` });
  const label = Object.assign(document.createElement("label"), { htmlFor: box.id });
  const hint = Object.assign(document.createElement("span"), { className: "hint", id: `${box.id}-hint` });
  item.className = "check";
  box.checked = sale.codes.includes(coupon.id);
  box.setAttribute("aria-describedby", hint.id);
  label.textContent = coupon.title[language];
  hint.textContent = coupon.text[language];
  box.addEventListener("change", () => {
    complain(null);
    const others = sale.codes.filter((code) => code !== coupon.id);
    put(box.checked ? [...others, coupon.id].slice(0, MOST_CODES) : others);
  });
  item.append(box, label, hint);
  return item;
}

function notNow(coupon) {
  const item = document.createElement("li");
  const hint = Object.assign(document.createElement("span"), { className: "hint" });
  hint.textContent = coupon.text[language];
  item.append(coupon.title[language], hint);
  return item;
}

function complain(text) {
  fault.hidden = !text;
  fault.textContent = text ?? "";
  field.setAttribute("aria-invalid", String(Boolean(text)));
}

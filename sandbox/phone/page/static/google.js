/* Google Wallet: each card as its class lays it out, the details under it. */

import { addGoogle, removeGoogle, show } from "./actions.js";
import { code, differences, find, h, redraw } from "./dom.js";
import { texts } from "./texts.js";

const place = find("google-cards");
const empty = find("google-empty");
const same = find("same-card");
const changed = differences();
let token = null;

same.addEventListener("click", async () => {
  same.disabled = true;
  show(await addGoogle(token));
  same.disabled = false;
});

export function drawGoogle(state) {
  token = state.last_token;
  same.hidden = token === null;
  empty.hidden = state.google.length > 0;
  place.hidden = state.google.length === 0;
  redraw(place, state.google, (cards) => cards.toReversed().map(card));
}

function card(each) {
  return h(
    "article",
    {
      class: `google-card${each.state === "ACTIVE" ? "" : " inactive"}`,
      "aria-label": texts.pass.replace("{name}", each.programme),
      "data-card": each.id,
      colours: { "--card-background": each.background, "--card-ink": inkOn(each.background) },
    },
    h(
      "div",
      { class: `google-face${each.shimmers ? " shimmers" : ""}` },
      h(
        "div",
        { class: "google-head" },
        each.logo ? h("img", { src: each.logo, alt: "", width: 36, height: 36 }) : null,
        h("span", {}, each.issuer),
      ),
      h("h3", {}, each.programme),
      each.rows.map((items) => h("dl", { class: "google-row" }, items.map((item) => cell(each, item)))),
      each.state === "ACTIVE"
        ? each.code && barcode(each.code)
        : h("p", { class: "google-state" }, texts.google_state),
      each.hero ? h("img", { class: "google-hero", src: each.hero, alt: "" }) : null,
    ),
    each.offers.length
      ? h(
          "section",
          { class: "google-offers" },
          h("h4", {}, texts.coupons),
          each.offers.map((offer) => h("p", {}, h("strong", {}, offer.title), h("span", {}, offer.text))),
        )
      : null,
    each.messages.map((message) => h("div", { class: "google-message" }, h("strong", {}, message.header), h("p", {}, message.body))),
    h(
      "dl",
      { class: "google-details" },
      each.details.map((detail) => h("div", {}, h("dt", {}, detail.header), h("dd", {}, detail.body))),
      each.links.map((link) => h("div", {}, h("dt", {}, link.label), h("dd", {}, link.address))),
    ),
    h("button", { class: "google-remove", type: "button", "data-focus": `remove-${each.id}`, onclick: async () => show(await removeGoogle(each.id)) }, texts.remove),
  );
}

/** The code to scan; a rotating one says how often it turns, and its ring empties until then. */
function barcode(shown) {
  const caption = shown.turns_s ? texts.turns.replace("{seconds}", shown.turns_s) : shown.text;
  return h(
    "figure",
    { class: `google-code${shown.turns_s ? " turning" : ""}`, "data-turns": shown.turns_s },
    code(shown, texts.code),
    caption && h("figcaption", {}, caption),
  );
}

function cell(each, item) {
  const isNew = changed(`${each.id} ${item.key}`, item.value);
  return h("div", { class: isNew ? "changed" : "", "data-key": item.key }, h("dt", {}, item.label), h("dd", {}, item.value));
}

/** White or near black, whichever stands out on the card's colour (WCAG's luminance). */
function inkOn(hex) {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.36 ? "#1f1f1f" : "#ffffff";
}

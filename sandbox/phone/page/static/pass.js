/* One pass, both sides, as Wallet draws a store card. */

import { follow, refresh, removeApple, show } from "./actions.js";
import { code, differences, h } from "./dom.js";
import { texts } from "./texts.js";

const changed = differences();

export function drawPass(card, { isTurned, isTurning, turn }) {
  return h(
    "div",
    {
      class: `pass${isTurned ? " turned" : ""}${isTurning ? " turning" : ""}${card.is_voided ? " voided" : ""}`,
      role: "group",
      "aria-label": texts.pass.replace("{name}", card.name || card.organisation),
      "data-serial": card.serial,
      colours: {
        "--pass-background": card.colours.background,
        "--pass-foreground": card.colours.foreground,
        "--pass-label": card.colours.label,
      },
    },
    front(card, isTurned, turn),
    back(card, isTurned, turn),
  );
}

function front(card, isTurned, turn) {
  const under = [...(card.fields.secondary ?? []), ...(card.fields.auxiliary ?? [])].slice(0, 4);
  return h(
    "div",
    { class: "pass-front", inert: isTurned },
    h(
      "div",
      { class: "pass-head" },
      card.pictures.logo ? h("img", { class: "pass-logo", src: card.pictures.logo, alt: "" }) : null,
      h("span", { class: "pass-name" }, card.name),
      h("dl", { class: "pass-header" }, (card.fields.header ?? []).slice(0, 3).map((each) => field(card, each))),
    ),
    h(
      "div",
      { class: "pass-strip" },
      card.pictures.strip ? h("img", { src: card.pictures.strip, alt: "" }) : null,
      h("dl", { class: "pass-primary" }, (card.fields.primary ?? []).slice(0, 1).map((each) => field(card, each))),
    ),
    h("dl", { class: "pass-fields" }, under.map((each) => field(card, each))),
    h(
      "div",
      { class: "pass-foot" },
      card.is_voided ? h("p", { class: "pass-void" }, texts.voided) : card.code ? barcode(card.code) : null,
      h(
        "button",
        { class: "pass-more", type: "button", "data-focus": "turn", "aria-label": texts.back, onclick: () => turn(card.serial) },
        h("span", { "aria-hidden": "true" }, "···"),
      ),
    ),
  );
}

function barcode(drawing) {
  return h("figure", { class: "pass-code" }, code(drawing, texts.code), drawing.alt ? h("figcaption", {}, drawing.alt) : null);
}

function field(card, each) {
  const isNew = changed(`${card.serial} ${each.key}`, each.value);
  return h(
    "div",
    { class: `pass-field ${each.align}${isNew ? " changed" : ""}`, "data-key": each.key },
    h("dt", {}, each.label),
    h("dd", {}, each.value),
  );
}

function back(card, isTurned, turn) {
  return h(
    "div",
    { class: "pass-back", inert: !isTurned },
    h(
      "div",
      { class: "pass-back-head" },
      h("strong", {}, card.name || card.organisation),
      h("button", { class: "pass-done", type: "button", "data-focus": "done", onclick: () => turn(null) }, texts.done),
    ),
    h(
      "dl",
      { class: "pass-back-fields" },
      row(texts.automatic, card.is_registered ? texts.on : texts.off),
      (card.fields.back ?? []).map((each) => row(each.label, value(each))),
      row(texts.signed, card.signer),
    ),
    h(
      "div",
      { class: "pass-back-foot" },
      h("button", { type: "button", "data-focus": "update", onclick: async () => show(await refresh()) }, texts.update),
      h("button", { class: "remove", type: "button", "data-focus": "remove", onclick: async () => show(await removeApple(card.serial)) }, texts.remove),
    ),
  );
}

const row = (label, shown) => h("div", {}, h("dt", {}, label), h("dd", {}, shown));

function value(each) {
  if (!each.links?.length) return each.value;
  return each.links.map((link) =>
    h("a", { href: link.address, onclick: (event) => { event.preventDefault(); follow(link.address); } }, link.words),
  );
}

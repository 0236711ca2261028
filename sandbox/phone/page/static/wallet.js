/* Apple Wallet: the chosen card drawn whole, the others looking out from under it. */

import { find, h, redraw } from "./dom.js";
import { drawPass } from "./pass.js";

const wallet = find("wallet");
const empty = find("apple-empty");
let chosen = null;
let turned = null;
let known = new Set();
let last = null;

export function drawWallet(state) {
  last = state;
  const serials = state.apple.map((each) => each.serial);
  const fresh = serials.find((serial) => !known.has(serial));
  const spoken = state.notices.at(-1)?.serial;
  if (fresh && known.size > 0) chosen = fresh;
  else if (spoken !== drawWallet.spoken && serials.includes(spoken)) chosen = spoken;
  drawWallet.spoken = spoken;
  known = new Set(serials);
  if (!serials.includes(chosen)) chosen = serials.at(-1) ?? null;
  draw();
}

function draw(isTurning = false) {
  empty.hidden = last.apple.length > 0;
  wallet.hidden = last.apple.length === 0;
  const slice = { cards: last.apple, chosen, turned };
  redraw(wallet, slice, () => {
    const front = last.apple.find((each) => each.serial === chosen);
    const others = last.apple.filter((each) => each.serial !== chosen);
    return front ? [drawPass(front, { isTurned: turned === front.serial, isTurning, turn }), ...others.map(peek)] : [];
  });
}

function turn(serial) {
  turned = serial;
  draw(true);
  wallet.querySelector(serial ? ".pass-done" : ".pass-more")?.focus({ preventScroll: true });
}

function peek(card) {
  return h(
    "button",
    {
      class: "peek",
      type: "button",
      "data-focus": `peek-${card.serial}`,
      colours: { "--pass-background": card.colours.background, "--pass-foreground": card.colours.foreground },
      onclick: () => {
        chosen = card.serial;
        turned = null;
        draw();
      },
    },
    card.pictures.logo ? h("img", { src: card.pictures.logo, alt: "", height: 18 }) : null,
    card.name || card.organisation,
  );
}

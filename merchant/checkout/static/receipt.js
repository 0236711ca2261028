// The receipt: what was settled, why it came out so, and the way to undo it or to go on.

import { resolveCard, voidCheckout } from "./api.js";
import { drawExplained } from "./explained.js";
import { announce, busy, element, isBusy, show, writeFigure } from "./screens.js";
import { money, say, whole } from "./texts.js";

const TOO_SOON_MS = 400;
const dialog = element("void-dialog");
const voidButton = element("void");
let receipt = null;
let code = null;
let digits = 2;
let shownAt = 0;

/** Wires the screen. `next()` goes on to another card; `failed(error)` says what went wrong. */
export function prepareReceipt(next, failed) {
  element("next").addEventListener("click", () => {
    // The second half of a double Enter must not throw the receipt away.
    if (performance.now() - shownAt > TOO_SOON_MS) next();
  });
  element("receipt").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dialog.open) next();
  });
  voidButton.addEventListener("click", () => {
    dialog.returnValue = "";
    if (!isBusy(voidButton)) dialog.showModal();
  });
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "void") return;
    try {
      await busy(voidButton, say("voiding"), undo);
    } catch (error) {
      failed(error);
    }
  });
}

/** Shows a receipt; `notice` names a text when it did not come the usual way. */
export function showReceipt({ receipt: settled, notice }, sale, card) {
  receipt = settled;
  code = sale.code;
  digits = card.currency_digits;
  shownAt = performance.now();
  element("explain-others").open = false;
  draw(notice);
  element("receipt-balance").textContent = whole(receipt.points.balance);
  show("receipt", element("next"));
  announce(say("settled", { money: inMoney(receipt.payable_minor) }));
}

async function undo() {
  receipt = await voidCheckout(receipt.checkout_id);
  draw(null);
  element("next").focus();
  announce(say("voided"));
  const card = await resolveCard(code);
  element("receipt-balance").textContent = whole(card.balance);
}

function draw(notice) {
  const voided = receipt.state === "voided";
  element("receipt").classList.toggle("undone", voided);
  element("state-settled").hidden = voided;
  element("state-voided").hidden = !voided;
  voidButton.hidden = voided;
  element("receipt-notice").hidden = !notice;
  element("receipt-notice").textContent = notice ? say(notice) : "";
  writeFigure("payable", inMoney(receipt.payable_minor));
  element("receipt-order").textContent = receipt.order_ref;
  const { accrued, redeemed } = receipt.points;
  fact("fact-total", receipt.total_minor !== receipt.payable_minor, inMoney(receipt.total_minor));
  fact("fact-discount", receipt.discount_minor, inMoney(-receipt.discount_minor));
  fact("fact-redeemed", redeemed, inMoney(-receipt.redeemed_minor));
  fact("fact-accrued", accrued, `+${whole(accrued)}`);
  drawExplained(receipt.explain, element("explain"), element("explain-others"));
}

function fact(id, isShown, text) {
  element(id).hidden = !isShown;
  element(id).querySelector("dd").textContent = text;
}

function inMoney(minor) {
  return money(minor, { currency: receipt.currency, digits });
}

// What a sale will come to, asked of the service while the cashier types: it knows the offers, the page does not.

import { readAmount } from "./amounts.js";
import { quoteBasket } from "./api.js";

const PAUSE_MS = 250;
const SKU = "amount";
const CATEGORY = "uncategorised";
let waiting = null;
let asked = "";
let answer = null;

/** The basket of a sale by its amount alone. */
export function basketOf(sale, card) {
  const { minor } = readAmount(sale.amount, card.currency_digits);
  return {
    card: sale.code,
    lines: [{ sku: SKU, category: CATEGORY, quantity: "1", unit_price_minor: minor }],
    currency: card.currency,
    points_to_redeem: sale.points,
  };
}

/** Asks when the typing pauses, and calls `drawn` with the answer unless the sale has changed since. */
export function foretell(sale, card, drawn) {
  const basket = basketOf(sale, card);
  const question = JSON.stringify(basket);
  if (question === asked) {
    if (answer) drawn(answer);
    return;
  }
  asked = question;
  answer = null;
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(basket, question, drawn), PAUSE_MS);
}

/** A refusal or a lost answer changes nothing: the page's own count stands, and settling will say what is wrong. */
async function ask(basket, question, drawn) {
  if (!navigator.onLine) return;
  try {
    const quote = await quoteBasket(basket);
    if (question !== asked) return;
    answer = { ...quote, points_accrued: quote.points.accrued };
    drawn(answer);
  } catch {
    if (question === asked) asked = "";
  }
}

// What a sale comes to, asked of the service: it knows the offers, the page does not.

import { readAmount } from "./amounts.js";
import { quoteBasket, releaseQuote } from "./api.js";

const PAUSE_MS = 250;
const FRESH_MS = 10 * 60_000;
const SKU = "amount";
const CATEGORY = "uncategorised";
const NOTHING = { question: "", quote: null, since: 0, asking: null };
let waiting = null;
let latest = NOTHING;
let released = Promise.resolve();

/** Gives the quote of a sale as it stands, or null while it is not known. */
export function foretold(sale, card) {
  return latest.question === questionOf(sale, card) && isFresh(latest) ? latest.quote : null;
}

/** Asks when the typing pauses; `told(quote)` or `refused(error)` follows, unless the sale has changed since. */
export function foretell(sale, card, told, refused) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const question = questionOf(sale, card);
    const isStill = () => question === questionOf(sale, card);
    try {
      const quote = await priceOf(sale, card);
      if (isStill()) told(quote);
    } catch (error) {
      if (isStill()) refused(error);
    }
  }, PAUSE_MS);
}

/** Gives the quote of a sale, asking only when it is not known. Throws Refusal or Unreachable. */
export async function priceOf(sale, card) {
  clearTimeout(waiting);
  const question = questionOf(sale, card);
  if (latest.question !== question || !(latest.asking || isFresh(latest))) latest = ask(question);
  return latest.quote && isFresh(latest) ? latest.quote : latest.asking;
}

/** Takes over a quote that came another way: in the refusal of an older one. */
export function adopt(quote, sale, card) {
  latest = { question: questionOf(sale, card), quote, since: performance.now(), asking: null };
}

/** Lets go of what was held for a quote, before another price is asked: held points are free for nobody. */
export function letGo(quoteId) {
  latest = NOTHING;
  released = releaseQuote(quoteId).catch(() => null);
  return released;
}

function ask(question) {
  const asked = { question, quote: null, since: 0, asking: null };
  const answered = released.then(() => quoteBasket(JSON.parse(question)));
  asked.asking = answered
    .then((quote) => Object.assign(asked, { quote, since: performance.now() }).quote)
    .finally(() => (asked.asking = null));
  return asked;
}

function isFresh({ quote, since }) {
  return quote !== null && performance.now() - since < FRESH_MS;
}

/** The basket of a sale by its amount alone. */
function questionOf(sale, card) {
  const { minor } = readAmount(sale.amount, card.currency_digits);
  return JSON.stringify({
    card: sale.code,
    lines: [{ sku: SKU, category: CATEGORY, quantity: "1", unit_price_minor: minor }],
    currency: card.currency,
    coupon_codes: sale.codes,
    points_to_redeem: sale.points,
  });
}

// Sending a sale so that it is settled once, and finding out what became of it when the answer was lost.

import { Refusal, Unreachable, findCheckouts, holdQuote, settleQuote } from "./api.js";
import { letGo, priceOf } from "./foretelling.js";
import { keepSale } from "./memory.js";

// These come before the service looks for an earlier receipt, so they say nothing about an earlier try.
const UNDECIDED = ["unauthorized", "wrong_scope", "too_many_requests", "busy"];
const ASK_AFTER_MS = [0, 500, 2_000];

/** The answer was lost, and so is the connection: the sale may be settled or not. */
export class OutcomeUnknown extends Error {
  text = "outcome_unknown";
}

/** The answer was lost, but the service says that it never settled the sale. */
export class NotSettled extends Error {
  text = "not_settled";
}

/** The quoted price cannot be honoured any more; `quote` is what the same sale costs now. Nothing was settled. */
export class PriceChanged extends Error {
  constructor(before, quote) {
    super("price_changed");
    this.before = before;
    this.quote = quote;
  }
}

/**
 * Settles a sale at its quoted price. Gives { receipt, notice }: the notice names a text when the receipt came another
 * way than asked. Throws Refusal, PriceChanged, NotSettled or OutcomeUnknown; the same sale may then be sent again.
 */
export async function settle(sale, card, findingOut) {
  const quote = await prepare(sale, card);
  const sentBefore = sale.sent;
  note(sale, { sent: true });
  try {
    const receipt = await settleQuote(quote.quote_id, sale.orderRef, sale.onceKey);
    return { receipt, notice: null };
  } catch (error) {
    if (error instanceof Unreachable) {
      findingOut();
      return { receipt: await findOut(sale), notice: "recovered" };
    }
    note(sale, { sent: sentBefore && UNDECIDED.includes(error.code) });
    if (error.code === "price_changed") throw new PriceChanged(quote, error.facts.quote);
    return { receipt: await earlierOne(sale, error), notice: "settled_before" };
  }
}

/** Prices the sale and holds what the price needs. A connection that is gone shows here, before anything is settled. */
async function prepare(sale, card) {
  try {
    const quote = await priceOf(sale, card);
    if (!sale.sent) await hold(sale, quote);
    return quote;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    throw sale.sent ? new OutcomeUnknown() : new NotSettled();
  }
}

/** A refused hold decides nothing: settling tells why, with the price that can be had. */
async function hold(sale, quote) {
  note(sale, { held: quote.quote_id });
  try {
    await holdQuote(quote.quote_id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Lets go of what is held for a sale that changes or is left; one that may have been settled is let alone. */
export async function release(sale) {
  if (!sale.held || sale.sent) return;
  const held = sale.held;
  note(sale, { held: null });
  await letGo(held);
}

/** Asks what became of a sale that was sent. Throws NotSettled or OutcomeUnknown. */
export async function findOut(sale) {
  for (const pause of ASK_AFTER_MS) {
    await new Promise((done) => setTimeout(done, pause));
    try {
      const found = (await findCheckouts(sale.orderRef)).find((each) => each.idempotency_key === sale.onceKey);
      if (found) return found;
      note(sale, { sent: false });
      throw new NotSettled();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }
  throw new OutcomeUnknown();
}

/** "Used before" means that an earlier try of this order went through after all, with other numbers. */
async function earlierOne(sale, error) {
  if (!(error instanceof Refusal) || error.code !== "idempotency_mismatch") throw error;
  const known = (await findCheckouts(sale.orderRef)).find(
    (each) => each.checkout_id === error.facts.earlier_checkout_id,
  );
  if (!known || known.idempotency_key !== sale.onceKey) throw error;
  return known;
}

function note(sale, fields) {
  Object.assign(sale, fields);
  keepSale(sale);
}

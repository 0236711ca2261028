// Sending a sale so that it is settled once, and finding out what became of it when the answer was lost.

import { Refusal, Unreachable, findCheckouts, settleCheckout } from "./api.js";
import { basketOf } from "./foretelling.js";
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

/**
 * Settles a sale. Gives { receipt, notice }: the notice names a text when the receipt came another way than asked.
 * Throws Refusal, NotSettled or OutcomeUnknown; the same sale may then be sent again.
 */
export async function settle(sale, card, findingOut) {
  const sentBefore = sale.sent;
  note(sale, { sent: true });
  try {
    const receipt = await settleCheckout({ ...basketOf(sale, card), order_ref: sale.orderRef }, sale.onceKey);
    return { receipt, notice: null };
  } catch (error) {
    if (error instanceof Unreachable) {
      findingOut();
      return { receipt: await findOut(sale), notice: "recovered" };
    }
    note(sale, { sent: sentBefore && UNDECIDED.includes(error.code) });
    return { receipt: await earlierOne(sale, error), notice: "settled_before" };
  }
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

function note(sale, { sent }) {
  sale.sent = sent;
  keepSale(sale);
}

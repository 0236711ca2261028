// The till: sign in, scan, sell, receipt, next member.

import { Refusal, resolveCard } from "./api.js";
import { addScanned } from "./coupons.js";
import { prepareEnrolling, showEnrolling } from "./enrol.js";
import { adopt } from "./foretelling.js";
import { forgetSale, keepSale, newSale, recallSale } from "./memory.js";
import { NotSettled, PriceChanged, findOut, release, settle } from "./outcome.js";
import { askForNewPrice } from "./price.js";
import { prepareReceipt, showReceipt } from "./receipt.js";
import { prepareReturns, showReturns } from "./returns.js";
import { prepareSale, showSale } from "./sale.js";
import { prepareScan, rest, showScan } from "./scan.js";
import { announce, busy, current, element, hush, isBusy, warn } from "./screens.js";
import { currencyDigits, isSignedIn, prepareSignIn, signOut, takeUpKey } from "./sign_in.js";
import { counted, language, say } from "./texts.js";
import { isCoupon, listenForScanner } from "./wedge.js";

const DIALOGS = ["void-dialog", "returns-dialog", "price-dialog"];
let looking = false;

/** Takes a code from wherever it came. A card scanned while another lies open takes its place, with the amount. */
async function found(code) {
  const sent = ["settle", "void", "returns-send"].some((id) => isBusy(element(id)));
  const settling = sent || DIALOGS.some((id) => element(id).open);
  const open = current() === "sale" ? recallSale() : null;
  if (!isSignedIn() || looking || settling || open?.sent) return;
  if (isCoupon(code)) return open ? addScanned(code) : refuseCard(say("coupon_first"));
  looking = true;
  rest();
  hush();
  announce(say("looking"));
  try {
    const card = await resolveCard(code);
    if (card.replaced) refuseCard(card.notes[0][language]);
    else if (card.state !== "active") refuseCard(say(card.state === "blocked" ? "card_blocked" : "card_voided"));
    else {
      if (open) release(open);
      openSale({ ...newSale(code), amount: open?.amount ?? "" }, card);
    }
  } catch (error) {
    failed(error);
  } finally {
    looking = false;
  }
}

function openSale(sale, card) {
  keepSale(sale);
  showSale(sale, card);
  announce(say("card_found", { greeting: card.greeting[language], points: counted("points", card.balance) }));
}

function refuseCard(text) {
  if (current() !== "scan") next();
  announce("");
  warn(text);
}

async function finish(sale, card) {
  try {
    const outcome = await sell(sale, card);
    if (!outcome) return;
    forgetSale();
    showReceipt(outcome, sale, card);
  } catch (error) {
    failed(error);
  }
}

/** Settles at the price shown. When that cannot be honoured any more, asks; null: the cashier wants to look first. */
async function sell(sale, card) {
  let known = card;
  for (;;) {
    try {
      return await settle(sale, known, () => announce(say("finding_out")));
    } catch (error) {
      if (!(error instanceof PriceChanged)) throw error;
      known = await takeOver(sale, known, error.quote);
      const inCurrency = { currency: known.currency, digits: known.currency_digits };
      if (!(await askForNewPrice(error.before, error.quote, inCurrency))) return null;
    }
  }
}

/** Puts the new price on the counter, with as many points as it takes and what became of the card meanwhile. */
async function takeOver(sale, card, quote) {
  Object.assign(sale, { points: quote.points.redeemed, held: null });
  keepSale(sale);
  adopt(quote, sale, card);
  const fresh = await resolveCard(sale.code).catch(() => card);
  showSale(sale, fresh);
  return fresh;
}

/** Leaves a sale; one that may have been settled is asked after first, so that no receipt is lost. */
async function leave(sale, card) {
  if (isBusy(element("settle"))) return;
  if (!sale.sent) {
    release(sale);
    return next();
  }
  await busy(element("settle"), say("finding_out"), async () => {
    try {
      const receipt = await findOut(sale);
      forgetSale();
      showReceipt({ receipt, notice: "recovered" }, sale, card);
    } catch (error) {
      if (!(error instanceof NotSettled)) return failed(error);
      release(sale);
      next();
    }
  });
}

function next() {
  forgetSale();
  showScan();
}

/** Says what went wrong and what to do. What is nobody's fault but ours goes on to the console. */
function failed(error, text = null) {
  announce("");
  if (error instanceof Refusal && error.status === 401) {
    rest();
    return signOut(say("signed_out"));
  }
  if (text) return warn(text);
  if (error instanceof Refusal) return warn(error.message);
  if (!error.text) throw error;
  warn(say(error.text));
}

/** Goes on where a reload interrupted: with the sale on the counter, or with what became of it. */
async function goOn() {
  const sale = recallSale();
  if (!sale) return next();
  try {
    await release(sale);
    const card = await resolveCard(sale.code);
    openSale(sale, card);
    if (sale.sent) await leave(sale, card);
  } catch (error) {
    next();
    failed(error);
  }
}

function watchConnection() {
  const draw = () => {
    element("offline").textContent = navigator.onLine ? "" : say("offline");
    element("offline").hidden = navigator.onLine;
  };
  window.addEventListener("online", draw);
  window.addEventListener("offline", draw);
  draw();
}

watchConnection();
prepareSignIn(goOn);
prepareScan(found, failed);
prepareSale(finish, leave, failed);
prepareReceipt(next, failed);
prepareReturns(next, failed);
prepareEnrolling(next, failed);
element("to-enrol").addEventListener("click", () => {
  rest();
  showEnrolling();
});
element("to-returns").addEventListener("click", () => {
  rest();
  showReturns(currencyDigits());
});
listenForScanner(found);
await takeUpKey(goOn);

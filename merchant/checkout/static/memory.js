// What outlives a reload: the key, as long as the cashier chose, and the sale on the counter.

const KEY = "tessera.till.key";
const SALE = "tessera.till.sale";
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function recallKey() {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

export function keepKey(key, { remember }) {
  (remember ? localStorage : sessionStorage).setItem(KEY, key);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}

/**
 * A sale is { code, amount, points, codes, orderRef, onceKey, held, sent }. `codes` are the coupons ticked and the codes
 * typed. `onceKey` stays the same until a receipt is in hand, however often the sale is sent; `held` names the quote
 * that points and coupons are kept for; `sent` is true while nobody knows what became of the sale.
 */
export function newSale(code) {
  const orderRef = `${symbols(4)}-${symbols(4)}`;
  return { code, amount: "", points: 0, codes: [], orderRef, onceKey: symbols(24), held: null, sent: false };
}

/** A number of its own for every return, the same until it is answered. */
export function newReference() {
  return `R-${symbols(8)}`;
}

export function recallSale() {
  try {
    const sale = JSON.parse(sessionStorage.getItem(SALE));
    return sale && { codes: [], held: null, ...sale }; // a sale may be older than the page
  } catch {
    return null;
  }
}

export function keepSale(sale) {
  sessionStorage.setItem(SALE, JSON.stringify(sale));
}

export function forgetSale() {
  sessionStorage.removeItem(SALE);
}

function symbols(length) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => SYMBOLS[byte & 31]).join("");
}

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
 * A sale is { code, amount, points, orderRef, onceKey, sent }. `onceKey` stays the same until a receipt is in hand,
 * however often the sale is sent; `sent` is true while nobody knows what became of it.
 */
export function newSale(code) {
  return { code, amount: "", points: 0, orderRef: `${symbols(4)}-${symbols(4)}`, onceKey: symbols(24), sent: false };
}

/** A number of its own for every return, the same until it is answered. */
export function newReference() {
  return `R-${symbols(8)}`;
}

export function recallSale() {
  try {
    return JSON.parse(sessionStorage.getItem(SALE));
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

// Talking to the service: every call has a timeout, and what went wrong is one of two things.

import { language } from "./texts.js";

const PATIENCE_MS = 10_000;
let key = "";

/** The service said no: `code` is stable, `message` is for the cashier, `facts` is the whole problem document. */
export class Refusal extends Error {
  constructor(status, facts) {
    super(facts.title ?? String(status));
    this.status = status;
    this.code = facts.code ?? "internal_error";
    this.facts = facts;
  }
}

/** Nobody answered, or half an answer came: what the service did is not known. */
export class Unreachable extends Error {
  text = "unreachable";
}

export function useKey(secret) {
  key = secret;
}

export function whoseTill() {
  return call("GET", "/v1/till");
}

export function resolveCard(code) {
  return call("POST", `/v1/cards/${encodeURIComponent(code)}/resolve`);
}

export async function scanPicture(picture) {
  const answer = await call("POST", "/v1/scan", { body: picture, headers: { "Content-Type": "image/jpeg" } });
  return answer.code;
}

/** Settles a quote at its price. */
export function settleQuote(quoteId, orderRef, idempotencyKey) {
  const { body, headers } = asJson({ quote_id: quoteId, order_ref: orderRef });
  return call("POST", "/v1/checkouts", { body, headers: { ...headers, "Idempotency-Key": idempotencyKey } });
}

export async function findCheckouts(orderRef) {
  const answer = await call("GET", `/v1/checkouts?order_ref=${encodeURIComponent(orderRef)}`);
  return answer.checkouts;
}

export function voidCheckout(checkoutId) {
  return call("POST", `/v1/checkouts/${encodeURIComponent(checkoutId)}/void`);
}

/** Prices a basket as it would be settled now. */
export function quoteBasket(basket) {
  return call("POST", "/v1/quotes", asJson(basket));
}

/** Keeps for a quote what its price needs: points, coupons, a part of a budget. */
export function holdQuote(quoteId) {
  return call("POST", `/v1/quotes/${encodeURIComponent(quoteId)}/hold`);
}

export function releaseQuote(quoteId) {
  return call("DELETE", `/v1/quotes/${encodeURIComponent(quoteId)}/hold`);
}

export function returnGoods(checkoutId, body) {
  return call("POST", `/v1/checkouts/${encodeURIComponent(checkoutId)}/returns`, asJson(body));
}

/** Offers a card: gives a link and its code to scan; with `send` it goes to the phone, too. */
export function offerCard(body) {
  return call("POST", "/v1/members", asJson(body));
}

function asJson(body) {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

async function call(method, path, { body, headers = {} } = {}) {
  const request = {
    method,
    body,
    headers: { ...headers, Authorization: `Bearer ${key}`, "Accept-Language": language },
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  let response, document;
  try {
    response = await fetch(path, request);
    document = await response.json();
  } catch {
    throw new Unreachable();
  }
  if (response.ok) return document;
  if (response.status >= 500) throw new Unreachable();
  throw new Refusal(response.status, document);
}

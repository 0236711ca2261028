// Keeps the last seen card of this device: shown, with its age, when there is no network. `VERSION` is set by the service.

const SHELL = `tessera-shell-${VERSION}`;
const CARDS = "tessera-cards";
const PATIENCE_MS = 5_000;
const MAX_CARDS = 20;
const KEPT_AT = "X-Kept-At";
const CARD = /^\/c\/[0-9a-z]+$/i;
const PART = /^(\/c\/[0-9a-z]+)\/(?:codes|manifest\.webmanifest)$/i;
const ASSET = /^\/(static|colours|pictures|images)\//;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith("tessera-shell-") && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data ?? {};
  if (keep && CARD.test(keep)) event.waitUntil(keepCard(keep));
  if (forget && CARD.test(forget)) event.waitUntil(forgetCard(forget));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (CARD.test(pathname)) event.respondWith(page(request, pathname));
  else if (PART.test(pathname)) event.respondWith(keptOfCard(request, pathname));
  else if (ASSET.test(pathname)) event.respondWith(kept(request, request.url, SHELL));
});

/** The card itself: from the network, else as it was last seen, marked with when that was. */
async function page(request, pathname) {
  const found = await (await caches.open(CARDS)).match(pathname);
  try {
    const answer = await fromNetwork(request, found);
    if (answer.status === 404 || answer.status === 410) await forgetCard(pathname);
    else if (answer.ok) await put(CARDS, pathname, answer.clone());
    return answer;
  } catch (error) {
    if (!found) throw error;
    const text = (await found.text()).replace("<html ", `<html data-kept-at="${found.headers.get(KEPT_AT)}" `);
    return new Response(text, { headers: found.headers });
  }
}

/** What belongs to one card: kept while the card is, so that an open page keeps nothing of a card let go of. */
async function keptOfCard(request, pathname) {
  const [, card] = PART.exec(pathname);
  return kept(request, pathname, CARDS, async () => Boolean(await (await caches.open(CARDS)).match(card)));
}

/** Anything a card is made of: from the network, else as it was. */
async function kept(request, key, where, mayKeep = async () => true) {
  const found = await (await caches.open(where)).match(key);
  try {
    const answer = await fromNetwork(request, found);
    if (answer.ok && (await mayKeep())) await put(where, key, answer.clone());
    return answer;
  } catch (error) {
    if (!found) throw error;
    return found;
  }
}

/** Asks the network, with patience only where something is kept to show instead: a slow page beats none. */
function fromNetwork(request, kept) {
  return kept ? fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }) : fetch(request);
}

/**
 * Keeps an answer with the instant it came at: its own headers say only what the service's clock said. A device without
 * room keeps nothing, and what came is shown all the same.
 */
async function put(where, key, answer) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  headers.delete("Content-Encoding");
  try {
    const cache = await caches.open(where);
    await cache.put(key, new Response(await answer.blob(), { headers }));
    if (where === CARDS) await keepFew(cache);
  } catch (error) {
    console.warn("cannot be kept", key, error);
  }
}

async function keepFew(cache) {
  const keys = (await cache.keys()).filter((each) => CARD.test(new URL(each.url).pathname));
  for (const each of keys.slice(0, Math.max(0, keys.length - MAX_CARDS))) await forgetCard(new URL(each.url).pathname);
}

/** Fetches a card and everything on it, for the next time without a network. */
async function keepCard(pathname) {
  const answer = await fetch(pathname, { cache: "no-store" });
  if (!answer.ok) return;
  const text = await answer.clone().text();
  await put(CARDS, pathname, answer);
  const named = [...text.matchAll(/(?:href|src)="(\/(?:static|colours|pictures|images)\/[^"]+)"/g)].map((found) => found[1]);
  const parts = ["code", "texts", "live", "installed", "large_code"].map((name) => `/static/member/${name}.js`);
  const wanted = [...new Set([...named, ...parts])].map((path) => new URL(path, self.location.origin).href);
  await Promise.all(wanted.map((url) => kept(new Request(url), url, SHELL).catch(() => {})));
  const codes = `${pathname}/codes`;
  await keptOfCard(new Request(codes), codes).catch(() => {});
}

async function forgetCard(pathname) {
  const cache = await caches.open(CARDS);
  await Promise.all(["", "/codes", "/manifest.webmanifest"].map((part) => cache.delete(pathname + part)));
}

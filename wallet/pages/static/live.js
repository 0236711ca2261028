// Keeps an open card current: asks whether anything changed, often while somebody stands at the till, seldom later.

import { address, say, shownMark } from "./texts.js";

const FIRST_MS = 3_000;
const EAGER_MS = 180_000;
const MOST_MS = 30_000;
const SLOWER = 1.5;
const WHOLE_EVERY_MS = 300_000;
const PATIENCE_MS = 8_000;
const PARTS = ["live-card", "live-news"];

/** Told on the document whenever the service itself has said that what is shown is how things are. */
export const FRESH = "card:fresh";

let mark = shownMark;
let pause_ms = FIRST_MS;
let eager_until_ms = 0;
let whole_at_ms = 0;
let timer = null;

export function followCard() {
  whole_at_ms = Date.now() + WHOLE_EVERY_MS;
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : hurry()));
  addEventListener("online", hurry);
  addEventListener("pageshow", (event) => event.persisted && hurry());
  beEager();
  later();
}

function beEager() {
  pause_ms = FIRST_MS;
  eager_until_ms = Date.now() + EAGER_MS;
}

function hurry() {
  beEager();
  clearTimeout(timer);
  look();
}

function later(ms = pause_ms) {
  clearTimeout(timer);
  timer = setTimeout(look, ms);
}

async function look() {
  if (document.hidden) return;
  try {
    const wait_ms = await ask();
    if (Date.now() > eager_until_ms) pause_ms = Math.min(pause_ms * SLOWER, MOST_MS);
    later(Math.max(pause_ms, wait_ms));
  } catch {
    // No network at the moment: the card shown stays, and the next round tries again.
    pause_ms = Math.min(pause_ms * SLOWER, MOST_MS);
    later();
  }
}

/** Asks for the mark, and for the page itself when the mark is new. Gives how long the service wants to be let alone. */
async function ask() {
  const answer = await get(`${address}/state`, { "If-None-Match": `"${mark}"` });
  if (answer.status === 429) return Number(answer.headers.get("Retry-After") ?? 10) * 1000;
  if (answer.status === 404 || answer.status === 410) location.reload();
  if (answer.ok) {
    const { mark: came } = await answer.json();
    await refresh(came !== mark);
    mark = came;
    beEager();
    document.dispatchEvent(new Event(FRESH));
  } else if (answer.status === 304) document.dispatchEvent(new Event(FRESH));
  if (Date.now() > whole_at_ms) await refresh(false);
  return 0;
}

async function refresh(isNews) {
  const answer = await get(location.pathname);
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.documentElement.dataset.keptAt) throw new Error("the network went between two questions");
  whole_at_ms = Date.now() + WHOLE_EVERY_MS;
  if (hasOtherCode(fresh)) return location.reload();
  for (const id of PARTS) {
    const shown = document.getElementById(id);
    const came = fresh.getElementById(id);
    if (!shown || !came) continue;
    keepOpen(shown, came);
    if (shown.innerHTML !== came.innerHTML) shown.replaceChildren(...came.childNodes);
  }
  if (isNews) document.getElementById("told").textContent = say("updated");
}

/** A card that was blocked, or lives again, is another page. */
function hasOtherCode(fresh) {
  return Boolean(document.getElementById("code-place")) !== Boolean(fresh.getElementById("code-place"));
}

/** What somebody unfolded stays so: a page that folds itself up cannot be read. */
function keepOpen(shown, came) {
  for (const { id } of shown.querySelectorAll("details[open]")) {
    came.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  }
}

function get(path, headers = {}) {
  return fetch(path, { cache: "no-store", headers, signal: AbortSignal.timeout(PATIENCE_MS) });
}

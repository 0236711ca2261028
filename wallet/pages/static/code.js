// The rotating code: some minutes of codes are fetched ahead, so that a lost network does not stop the line at the till.

import { say } from "./texts.js";

const TICK_MS = 500;
const FETCH_BELOW = 5;
const PATIENCE_MS = 8_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MOST_MS = 30_000;

const place = document.getElementById("code-place");
const drawn = document.getElementById("code-now");
const stateLine = document.getElementById("code-state");
const left = document.getElementById("code-left");

/** Starts turning the code. Gives what other parts listen to, or null on a page without a code. */
export function followCode() {
  if (!place) return null;
  const code = new Code();
  setInterval(() => code.tick(), TICK_MS);
  document.addEventListener("visibilitychange", () => code.tick());
  addEventListener("online", () => code.hurry());
  code.tick();
  return code;
}

class Code {
  codes = [];
  shown = null;
  watchers = [];
  #offset_ms = 0;
  #next_try_ms = 0;
  #pause_ms = RETRY_FIRST_MS;
  #isFetching = false;

  /** Calls back at once and at every change, with { svg, left_s, isStatic }. */
  watch(callback) {
    this.watchers.push(callback);
  }

  hurry() {
    this.#next_try_ms = 0;
    this.#pause_ms = RETRY_FIRST_MS;
    this.tick();
  }

  /** The service's clock: the phone's own may be wrong, and codes are a matter of half minutes. */
  now_ms() {
    return Date.now() + this.#offset_ms;
  }

  tick() {
    if (document.hidden) return;
    const now = this.now_ms();
    this.codes = this.codes.filter((each) => each.until_ms > now);
    if (this.codes.length < FETCH_BELOW) this.#fetchSoon();
    const current = this.codes.find((each) => each.from_ms <= now);
    if (current) this.#show(current, (current.until_ms - now) / 1000);
    else if (this.#hasFailed()) this.#showStatic();
  }

  #hasFailed() {
    return this.#pause_ms > RETRY_FIRST_MS && !this.#isFetching;
  }

  #show(current, left_s) {
    if (this.shown !== current) draw(drawn, current.svg);
    this.shown = current;
    place.classList.remove("is-static", "is-lost");
    left.value = left_s;
    stateLine.textContent = say("changes", { seconds: Math.max(1, Math.ceil(left_s)) });
    this.#tell({ svg: current.svg, left_s, isStatic: false });
  }

  /** Without codes ahead and without a network: the code that never changes, where the programme lets it do anything. */
  #showStatic() {
    const fallback = document.getElementById("code-static");
    const svg = fallback?.innerHTML ?? "";
    if (this.shown !== fallback) {
      drawn.replaceChildren();
      if (svg) drawn.append(fallback.content.cloneNode(true));
    }
    this.shown = fallback;
    place.classList.add(svg ? "is-static" : "is-lost");
    stateLine.textContent = say(svg ? "offline_static" : "offline_no_code");
    this.#tell({ svg, left_s: 0, isStatic: true });
  }

  #tell(news) {
    for (const callback of this.watchers) callback(news);
  }

  async #fetchSoon() {
    if (this.#isFetching || Date.now() < this.#next_try_ms) return;
    this.#isFetching = true;
    try {
      const answer = await fetch(place.dataset.codes, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#take(await answer.json(), Number(answer.headers.get("X-Kept-At")) || Date.now());
    } catch {
      this.#next_try_ms = Date.now() + this.#pause_ms;
      this.#pause_ms = Math.min(this.#pause_ms * 2, RETRY_MOST_MS);
    } finally {
      this.#isFetching = false;
      this.tick();
    }
  }

  /** Takes codes that were sent at `came_ms` by this phone's clock: from the worker's memory that is a while ago. */
  #take(document_, came_ms) {
    this.#offset_ms = document_.now_ms - came_ms;
    this.codes = document_.codes;
    const isFresh = Date.now() - came_ms < document_.period_ms;
    this.#pause_ms = isFresh ? RETRY_FIRST_MS : Math.min(this.#pause_ms * 2, RETRY_MOST_MS);
    this.#next_try_ms = isFresh ? 0 : Date.now() + this.#pause_ms;
  }
}

/** Puts a drawing of ours into a place: parsed as a picture, never run as a page. */
export function draw(where, svg) {
  const parsed = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  where.replaceChildren(document.importNode(parsed, true));
}

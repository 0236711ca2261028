/* What a person does: requests to the phone. Every one resolves to a problem to show, or to null. */

import { language, texts, publicUrl } from "./texts.js";

async function ask(method, path, body) {
  try {
    const answer = await fetch(`${path}?lang=${language}`, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(60_000),
    });
    if (answer.ok) return null;
    const said = await answer.json().catch(() => ({}));
    return said.problem ?? texts.failed;
  } catch {
    return texts.failed;
  }
}

export const addApple = (card) => ask("POST", "/apple", { card });
export const addGoogle = (card) => ask("POST", "/google", { card });
export const removeApple = (serial) => ask("DELETE", `/apple/${encodeURIComponent(serial)}`);
export const removeGoogle = (card) => ask("DELETE", `/google/${encodeURIComponent(card)}`);
export const refresh = () => ask("POST", "/apple/refresh", {});
export const change = (world) => ask("POST", "/world", world);
export const send = (text) => ask("POST", "/chat/messages", { text });
export const press = (place) => ask("POST", "/chat/presses", place);

/** Follow a link as the phone does: a pass goes to its wallet, everything else opens beside this page. */
export function follow(address) {
  const url = new URL(address);
  if (url.origin === new URL(publicUrl).origin && url.pathname.endsWith(".pkpass")) return addApple(address);
  if (url.origin === new URL(publicUrl).origin && /\/c\/[^/]+\/google$/.test(url.pathname)) return addGoogle(address);
  window.open(address, "_blank", "noopener,noreferrer");
  return Promise.resolve(null);
}

const problem = document.getElementById("problem");

/** Show a problem in the one place for them; null takes it away. */
export function show(text) {
  problem.hidden = text === null;
  problem.textContent = text ?? "";
}

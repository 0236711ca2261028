// Signing in with the till's key, and out again.

import { Refusal, useKey, whoseTill } from "./api.js";
import { forgetKey, keepKey, recallKey } from "./memory.js";
import { busy, element, hush, isBusy, show, warn } from "./screens.js";
import { language, say } from "./texts.js";

const field = element("key");
let till = null;

export function isSignedIn() {
  return till !== null;
}

/** Gives how many decimals the programme's money has. */
export function currencyDigits() {
  return till.currency_digits;
}

/** Wires the screen. `opened()` goes on to work once the key was found good. */
export function prepareSignIn(opened) {
  element("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const key = field.value.trim();
    const button = event.target.querySelector("button");
    if (!key || isBusy(button)) return field.focus();
    busy(button, null, async () => {
      hush();
      await tryKey(key);
      keepKey(key, { remember: element("remember").checked });
      await opened();
    }).catch(explainFault);
  });
  element("sign-out").addEventListener("click", () => signOut(null));
}

/** Takes up the key this device holds. A key that was refused is forgotten; one that could not be tried stays. */
export async function takeUpKey(opened) {
  const key = recallKey();
  if (!key) return show("sign-in", field);
  try {
    await tryKey(key);
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return signOut(say("signed_out"));
    show("sign-in", field);
    field.value = key;
    return explainFault(error);
  }
  await opened();
}

/** Closes the till on this device; `text` says why when it was not asked for. */
export function signOut(text) {
  forgetKey();
  useKey("");
  till = null;
  element("whose").textContent = "";
  element("sign-out").hidden = true;
  field.value = "";
  show("sign-in", field);
  if (text) warn(text);
}

async function tryKey(key) {
  useKey(key);
  till = await whoseTill();
  const whose = [till.is_sample ? say("sample") : "", till.outlet, till.programme[language]];
  element("whose").textContent = whose.filter(Boolean).join(" · ");
  element("sign-out").hidden = false;
}

function explainFault(error) {
  if (!(error instanceof Refusal) && !error.text) throw error;
  warn(error instanceof Refusal ? error.message : say(error.text));
  field.focus();
}

/* The switches above the handsets: the phone off, Google out of patience, the line to Telegram cut. */

import { change, show } from "./actions.js";
import { find, redraw } from "./dom.js";
import { texts } from "./texts.js";

const switches = [
  { button: find("power"), handset: find("apple"), isOff: (state) => !state.is_on, words: [texts.switch_off, texts.switch_on], wish: (off) => ({ phone_on: !off }) },
  { button: find("limit"), handset: find("google"), isOff: (state) => state.is_google_limited, words: [texts.answer429, texts.stop429], wish: (off) => ({ google_limited: off }) },
  { button: find("cut"), handset: find("chat"), isOff: (state) => state.is_telegram_down, words: [texts.cut, texts.mend], wish: (off) => ({ telegram_down: off }) },
];

for (const each of switches) {
  each.button.addEventListener("click", async () => {
    each.button.disabled = true;
    show(await change(each.wish(each.button.getAttribute("aria-pressed") !== "true")));
    each.button.disabled = false;
  });
}

export function drawWorld(state) {
  for (const each of switches) {
    const isOff = each.isOff(state);
    each.button.setAttribute("aria-pressed", String(isOff));
    each.handset.classList.toggle("is-off", isOff);
    redraw(each.button, isOff, () => [each.words[Number(isOff)]]);
  }
}

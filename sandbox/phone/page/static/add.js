/* Ways to add a card: the line at the top, and `?card=` in the address of the page. */

import { addApple, addGoogle, show } from "./actions.js";
import { find } from "./dom.js";

const form = find("add");
const line = find("card");
const buttons = form.querySelectorAll("button");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const card = line.value.trim();
  if (!card) {
    line.focus();
    return;
  }
  const problem = await add(card, event.submitter?.value ?? "apple");
  line.toggleAttribute("aria-invalid", problem !== null);
  show(problem);
  if (problem === null) line.value = "";
});

async function add(card, to) {
  for (const button of buttons) button.disabled = true;
  try {
    const first = to === "google" ? null : await addApple(card);
    const second = to === "apple" ? null : await addGoogle(card);
    return first ?? second;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** Open the card that the address names (`?card=…`, with `&to=google` or `&to=both`), once. */
export async function openByAddress() {
  const address = new URL(location.href);
  const card = address.searchParams.get("card");
  if (!card) return null;
  const to = address.searchParams.get("to") ?? "apple";
  address.searchParams.delete("card");
  address.searchParams.delete("to");
  history.replaceState(null, "", address);
  return add(card, to);
}

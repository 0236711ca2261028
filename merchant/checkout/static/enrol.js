// Enrolling: a code on this screen for the member's own phone. Nothing about a number is told here but what was typed.

import { Refusal, offerCard } from "./api.js";
import { announce, busy, element, hush, isBusy, show } from "./screens.js";
import { say } from "./texts.js";

const phone = element("enrol-phone");
const fault = element("enrol-error");
const form = element("enrol-form");
const send = element("enrol-send");
let shownFor = "";

/** Wires the screen. `leave()` goes back to scanning; `wrong(error)` is told what else went wrong. */
export function prepareEnrolling(leave, wrong) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (!isBusy(button)) await busy(button, "", () => offer(phone.value.trim(), false, wrong));
  });
  send.addEventListener("click", () => !isBusy(send) && busy(send, "", () => offer(shownFor, true, wrong)));
  element("enrol-back").addEventListener("click", leave);
  element("enrol").addEventListener("keydown", (event) => event.key === "Escape" && leave());
}

export function showEnrolling() {
  phone.value = "";
  tell("");
  element("enrol-offer").hidden = true;
  show("enrol", phone);
}

async function offer(number, isToSend, wrong) {
  hush();
  tell("");
  try {
    draw(await offerCard({ phone: number || null, send: isToSend }));
    if (isToSend) element("enrol-sent").hidden = false;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "bad_contact") return wrong(error);
    tell(error.message);
    phone.focus();
  }
}

function draw(offered) {
  shownFor = offered.phone ?? "";
  element("enrol-qr").src = offered.qr;
  element("enrol-for").textContent = shownFor;
  element("enrol-sent").hidden = true;
  send.hidden = !offered.can_send || !shownFor || offered.sent;
  element("enrol-offer").hidden = false;
  announce(say("enrol_shown"));
}

function tell(text) {
  fault.textContent = text;
  fault.hidden = !text;
  phone.setAttribute("aria-invalid", String(Boolean(text)));
}

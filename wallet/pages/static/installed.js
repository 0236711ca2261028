// The card on the home screen and without a network: the worker that keeps it, its age, and how to let it go.

import { FRESH } from "./live.js";
import { address, ago, say } from "./texts.js";

const AGE_EVERY_MS = 30_000;
const offline = document.getElementById("offline");
const install = document.getElementById("install");
const forget = document.getElementById("forget");
let asked = null;

/** Tells how old a card is that came from the worker's memory. */
export function tellAge() {
  const kept = Number(document.documentElement.dataset.keptAt);
  if (!kept) return;
  const write = () => {
    offline.textContent = say("offline", { ago: ago(Date.now() - kept) });
    offline.hidden = false;
  };
  write();
  setInterval(() => offline.hidden || write(), AGE_EVERY_MS);
}

export function watchNetwork(code) {
  const opened = Date.now();
  addEventListener("offline", () => {
    offline.textContent = say("offline", { ago: ago(Date.now() - opened) });
    offline.hidden = false;
  });
  addEventListener("online", () => code?.hurry());
  document.addEventListener(FRESH, () => {
    offline.hidden = true;
    delete document.documentElement.dataset.keptAt;
  });
}

export function prepareInstalling() {
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/c/worker.js", { scope: "/c/" }).then(keepThis, () => {});
  }
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asked = event;
    if (install) install.hidden = false;
  });
  install?.addEventListener("click", async () => {
    install.hidden = true;
    await asked?.prompt();
  });
  const byHand = document.getElementById("install-by-hand");
  if (byHand && navigator.standalone === false) byHand.hidden = false;
  forget?.addEventListener("click", forgetCard);
}

/** The first visit came before the worker did: it is told to keep this card too. */
async function keepThis() {
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage({ keep: address });
  document.getElementById("forget-place").hidden = false;
}

async function forgetCard() {
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage({ forget: address });
  document.getElementById("forget-place").hidden = true;
}

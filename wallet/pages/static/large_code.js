// The code over the whole screen: white around it, and the screen stays on while it is shown.

import { draw } from "./code.js";

const dialog = document.getElementById("code-dialog");
const large = document.getElementById("code-large");
const left = document.getElementById("code-large-left");
let awake = null;

export function prepareLargeCode(code) {
  const button = document.getElementById("code-bigger");
  code.watch(({ svg, left_s, isStatic }) => {
    if (!dialog.open) return;
    if (svg && large.dataset.svg !== svg) show(svg);
    left.hidden = isStatic;
    left.value = left_s;
  });
  button.addEventListener("click", () => {
    const drawn = document.getElementById("code-now").querySelector("svg");
    if (!drawn) return;
    show(drawn.outerHTML);
    dialog.showModal();
    code.tick();
    stayAwake();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => letSleep());
  document.addEventListener("visibilitychange", () => !document.hidden && dialog.open && stayAwake());
}

function show(svg) {
  draw(large, svg);
  large.dataset.svg = svg;
}

/** A screen that goes dark at the till is scanned by nobody; where the browser cannot, nothing is lost. */
async function stayAwake() {
  try {
    awake ??= await navigator.wakeLock?.request("screen");
    awake?.addEventListener("release", () => (awake = null), { once: true });
  } catch {
    awake = null;
  }
}

async function letSleep() {
  const lock = awake;
  awake = null;
  await lock?.release().catch(() => {});
}

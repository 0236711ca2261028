// One screen at a time; what happened is said aloud, and focus goes where the work goes on.

const NAMES = ["sign-in", "scan", "sale", "receipt", "returns", "returned", "enrol"];
const alarm = element("alarm");
let shown = null;

export function element(id) {
  return document.getElementById(id);
}

export function current() {
  return shown;
}

/** Shows a screen; without `focus` its heading takes it, so that a reader starts at its top. */
export function show(name, focus = null) {
  shown = name;
  for (const each of NAMES) element(each).hidden = each !== name;
  hush();
  (focus ?? element(`${name}-title`)).focus({ preventScroll: focus === null });
  if (focus === null) window.scrollTo(0, 0);
}

/** Gives the field when a keyboard is at hand; on a phone, focus would raise the keys over the page. */
export function unlessTouch(field) {
  return matchMedia("(pointer: fine)").matches ? field : null;
}

export function announce(text) {
  element("status").textContent = text;
}

export function warn(text) {
  alarm.textContent = text;
  alarm.hidden = false;
  alarm.scrollIntoView({ block: "nearest" });
}

export function hush() {
  alarm.hidden = true;
  alarm.textContent = "";
}

/** Writes a big number as large as its place allows. */
export function writeFigure(id, text) {
  element(id).textContent = text;
  element(id).style.setProperty("--length", String(text.length));
}

/** Keeps a button from being pressed twice while its work is under way. */
export async function busy(button, text, work) {
  const words = button.textContent;
  button.setAttribute("aria-disabled", "true");
  if (text) button.textContent = text;
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.textContent = words;
  }
}

export function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}

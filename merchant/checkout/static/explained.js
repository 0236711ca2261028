// Why a price came out so: what was applied, and, folded, what was not.

import { language, say } from "./texts.js";

// What somebody showed and did not get is said openly; the rest waits until it is asked for.
const SAID_OPENLY = ["offer_code_refused"];

/** Fills `list` with what was applied and `fold` (a details element with a list in it) with everything else. */
export function drawExplained(explain, list, fold) {
  const isOpen = (line) => line.applied || SAID_OPENLY.includes(line.code);
  const others = explain.filter((line) => !isOpen(line));
  list.replaceChildren(...explain.filter(isOpen).map(explanation));
  fold.hidden = !others.length;
  fold.querySelector("summary").textContent = say("why_not", { count: String(others.length) });
  fold.querySelector("ul").replaceChildren(...others.map(explanation));
}

function explanation({ applied, text }) {
  const item = document.createElement("li");
  const mark = document.createElement("span");
  mark.className = "visually-hidden";
  mark.textContent = `${say(applied ? "applied" : "not_applied")}: `;
  item.className = applied ? "applied" : "passed-over";
  item.append(mark, text[language]);
  return item;
}

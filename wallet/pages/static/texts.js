// The texts of the page's language, with their {facts} filled in, and where the card lives.

const place = document.getElementById("texts");
const texts = JSON.parse(place.dataset.texts);

export const { address, mark: shownMark } = place.dataset;

export function say(name, facts = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, fact) => facts[fact] ?? whole);
}

/** Says how long ago something was, roughly: a person only wants to know whether to trust it. */
export function ago(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return say("just_now");
  if (minutes < 60) return say("minutes", { number: minutes });
  if (minutes < 48 * 60) return say("hours", { number: Math.floor(minutes / 60) });
  return say("days", { number: Math.floor(minutes / 1440) });
}

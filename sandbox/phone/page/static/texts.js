/* The texts and facts the server put into the page, and how its language writes times. */

const place = document.getElementById("texts");
export const texts = JSON.parse(place.dataset.texts);
export const publicUrl = place.dataset.publicUrl;
export const language = document.documentElement.lang;

const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });

export const clockOf = (at) => time.format(at);
export const dayOf = (at) => day.format(at);

/** "now", "12 sec. ago", "3 min. ago", "2 hr. ago". */
export function ago(at) {
  const seconds = Math.round((Date.now() - at.getTime()) / 1000);
  if (seconds < 3) return texts.now;
  if (seconds < 60) return relative.format(-seconds, "second");
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
  return relative.format(-Math.round(seconds / 3600), "hour");
}

// The texts of the page's language, and how people of that language write numbers.

export const language = document.documentElement.lang;
const plurals = new Intl.PluralRules(language);
const texts = JSON.parse(document.getElementById("texts").dataset.texts);

/** Gives a text with its {facts} filled in; a fact may be a text of its own. */
export function say(name, facts = {}) {
  return fill(texts[name] ?? name, facts);
}

/** Gives a text whose form depends on a number, like "3 points"; the number is written as {count}. */
export function counted(name, number) {
  const forms = texts[name];
  return fill(forms[plurals.select(number)] ?? forms.other, { count: whole(number) });
}

export function whole(number) {
  return new Intl.NumberFormat(language).format(number);
}

/** Writes basis points: 750 is 7,5 % in Russian and 7.5% in English. */
export function percent(basisPoints) {
  const format = { style: "percent", maximumFractionDigits: 2 };
  return new Intl.NumberFormat(language, format).format(basisPoints / 10_000);
}

/** Writes minor units exactly: the number is handed over as decimal digits, never as a fraction. */
export function money(minor, { currency, digits }) {
  const format = {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    trailingZeroDisplay: "stripIfInteger",
  };
  return new Intl.NumberFormat(language, format).format(decimal(minor, digits)).replace("-", "\u2212");
}

function decimal(minor, digits) {
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return `${minor < 0 ? "-" : ""}${text.slice(0, cut)}${digits ? `.${text.slice(cut)}` : ""}`;
}

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole_, name) => facts[name] ?? whole_);
}

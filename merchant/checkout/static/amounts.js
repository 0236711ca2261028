// Money without fractions: reading what a cashier types.

const LARGEST_MINOR = 10n ** 12n;
const SPACES = /[\s\u00a0\u202f']/g;

/**
 * Reads an amount into minor units. A comma and a dot both part the kopecks; spaces may part the thousands.
 * Gives { minor } or { fault }, the name of the text that says what is wrong.
 */
export function readAmount(text, digits) {
  const typed = text.replace(SPACES, "");
  if (!typed) return { fault: "amount_empty" };
  const parts = /^(\d{0,15})(?:[.,](\d*))?$/.exec(typed);
  if (!parts || !/\d/.test(typed)) return { fault: "amount_unclear" };
  const [, whole, fraction = ""] = parts;
  if (fraction.length > digits) return { fault: "amount_decimals" };
  const minor = BigInt((whole || "0") + fraction.padEnd(digits, "0"));
  if (minor === 0n) return { fault: "amount_zero" };
  if (minor > LARGEST_MINOR) return { fault: "amount_huge" };
  return { minor: Number(minor) };
}

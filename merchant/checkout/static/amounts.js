// Money without fractions: reading what a cashier types, and previewing what a sale comes to.

const LARGEST_MINOR = 10n ** 12n;
const BASIS_POINTS = 10_000n;
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

/** Gives how many points a sale may take, by the same rule as the service. */
export function mostPoints(totalMinor, card) {
  const discounted = BigInt(totalMinor) - discountOf(totalMinor, card);
  const allowed = (discounted * BigInt(card.redemption.redemption_limit_bp)) / BASIS_POINTS;
  return Math.min(card.balance, Number(allowed / BigInt(card.redemption.point_value_minor)));
}

/** Foretells the receipt. The service decides; this spares the cashier a surprise. */
export function preview(totalMinor, points, card) {
  const discount = discountOf(totalMinor, card);
  const redeemed = BigInt(points) * BigInt(card.redemption.point_value_minor);
  const payable = BigInt(totalMinor) - discount - redeemed;
  const accrued = (payable * BigInt(card.accrual_bp)) / BASIS_POINTS / BigInt(card.redemption.point_value_minor);
  return {
    discount_minor: Number(discount),
    redeemed_minor: Number(redeemed),
    payable_minor: Number(payable),
    points_accrued: Number(accrued),
  };
}

function discountOf(totalMinor, card) {
  return (BigInt(totalMinor) * BigInt(card.discount_bp)) / BASIS_POINTS;
}

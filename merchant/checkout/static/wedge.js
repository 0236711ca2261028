// A hardware scanner is a very fast keyboard: it is heard anywhere on the page, in any keyboard layout.

const GAP_MS = 90;
/** Our own codes are told by their shape, so that a slow scanner or a busy till may take longer between keys. */
const OWN_GAP_MS = 1_000;
const CODE = /^(?:tsr1\.[0-9a-z]{20}\.[0-9a-z]{16}|tsr2\.[0-9a-z]{20}\.[0-9]{9,11}\.[0-9]{8})$/i;
const COUPON = /^(?=.*[a-z])[0-9a-hjkmnp-tv-z]{20}$/i;
const LEAST_LENGTH = 12;

/**
 * Calls `heard(code)` when keys come as fast as only a scanner types them, or spell a code of ours, and Enter or Tab
 * ends them.
 */
export function listenForScanner(heard) {
  let fast = newBurst(null);
  let slow = newBurst(null);
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.timeStamp - fast.at > GAP_MS) fast = newBurst(event.target);
      if (event.timeStamp - slow.at > OWN_GAP_MS) slow = newBurst(event.target);
      if (event.key === "Enter" || event.key === "Tab") {
        const burst = ownCode(fast) ? fast : ownCode(slow) ? slow : fast;
        const code = ownCode(burst) ?? foreignCode(burst, event.target);
        if (code) {
          event.preventDefault();
          event.stopPropagation();
          restore(burst);
          heard(code);
        }
        fast = newBurst(null);
        slow = newBurst(null);
      } else if (event.key.length === 1) {
        for (const burst of [fast, slow]) hear(burst, event);
      }
    },
    { capture: true },
  );
}

function newBurst(target) {
  const field = target instanceof HTMLInputElement ? target : null;
  return { typed: "", pressed: "", at: -Infinity, field, before: field?.value };
}

function hear(burst, event) {
  burst.typed += event.key;
  burst.pressed += pressedKey(event);
  burst.at = event.timeStamp;
}

/** Tells whether a code is a coupon's number rather than a card. */
export function isCoupon(code) {
  return COUPON.test(code);
}

/** Gives a code of ours, which wins wherever it is typed. */
function ownCode(burst) {
  return [burst.typed, burst.pressed].find((text) => CODE.test(text) || COUPON.test(text));
}

/** Gives anything else that came at a scanner's pace, outside the fields of the page. */
function foreignCode(burst, target) {
  const inField = target instanceof HTMLInputElement;
  return !inField && burst.typed.length >= LEAST_LENGTH ? burst.typed : null;
}

/** Gives the character of the key itself: with Russian letters switched on, T still lies where T lies. */
function pressedKey({ code, key }) {
  if (/^Key[A-Z]$/.test(code)) return code.slice(3).toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code)) return code.slice(-1);
  if (code === "Period" || code === "NumpadDecimal") return ".";
  return key;
}

/** Takes back what the scanner typed into a field on its way. */
function restore({ field, before }) {
  if (!field || field.value === before) return;
  field.value = before;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

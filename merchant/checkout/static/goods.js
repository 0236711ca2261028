// The lines of a sale that may come back: what is left of each, what was ticked, and what that comes to.

import { readAmount } from "./amounts.js";
import { say, whole } from "./texts.js";

const WHOLE = /^\d+$/;

/** Makes what the screen works on: one entry for every line of the receipt, nothing ticked. */
export function goodsOf(receipt, digits) {
  return receipt.lines.map((line, index) => {
    const leftMinor = line.total_minor - line.returned.total_minor;
    const pieces = leftPieces(line);
    return {
      index,
      line,
      leftMinor,
      pieces,
      isLeft: leftMinor > 0,
      ticked: false,
      typed: pieces > 1 ? String(pieces) : written(leftMinor, digits),
      digits,
    };
  });
}

/** Tells what is wrong with what was typed for a ticked line, or null. */
export function faultOf(goods) {
  if (!goods.ticked) return null;
  if (goods.pieces > 1) {
    const pieces = WHOLE.test(goods.typed.trim()) ? Number(goods.typed) : 0;
    return pieces >= 1 && pieces <= goods.pieces ? null : say("return_pieces", { most: whole(goods.pieces) });
  }
  const { minor, fault } = readAmount(goods.typed, goods.digits);
  if (fault) return say("return_unclear");
  return minor <= goods.leftMinor ? null : say("return_too_much");
}

/** Gives what the service is asked for. */
export function askFor(goods) {
  return goods
    .filter((each) => each.ticked)
    .map((each) => {
      if (each.pieces > 1) return { line: each.index, quantity: String(Number(each.typed)) };
      return { line: each.index, amount_minor: readAmount(each.typed, each.digits).minor };
    });
}

/** Foretells what is paid out, by the service's own rule: of every line as much as its part is worth by now. */
export function refundOf(goods) {
  const parts = goods.filter((each) => each.ticked && !faultOf(each)).map(refundOfLine);
  return Number(parts.reduce((sum, part) => sum + part, 0n));
}

function refundOfLine({ line, pieces, typed, digits }) {
  const before = BigInt(line.returned.total_minor);
  const total = BigInt(line.total_minor);
  const more = pieces > 1 ? worthOf(line, Number(typed)) : BigInt(readAmount(typed, digits).minor);
  const payable = BigInt(line.payable_minor);
  return (payable * (before + more)) / total - BigInt(line.returned.refund_minor);
}

function worthOf(line, pieces) {
  const total = BigInt(line.total_minor);
  const sold = BigInt(line.quantity);
  const before = BigInt(line.returned.quantity);
  const now = before + BigInt(pieces);
  if (now === sold) return total - BigInt(line.returned.total_minor);
  return (total * now) / sold - (total * before) / sold;
}

/** Gives how many pieces are left of a line that is counted, 1 for a line that goes by its amount. */
function leftPieces(line) {
  if (!WHOLE.test(line.quantity) || !WHOLE.test(line.returned.quantity)) return 1;
  const worth = (BigInt(line.total_minor) * BigInt(line.returned.quantity)) / BigInt(line.quantity);
  const byPieces = BigInt(line.returned.total_minor) === worth;
  return byPieces ? Number(line.quantity) - Number(line.returned.quantity) : 1;
}

function written(minor, digits) {
  const text = String(minor).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return digits ? `${text.slice(0, cut)}.${text.slice(cut)}` : text;
}

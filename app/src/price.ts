// The program's own arithmetic (programs/…/state/lrt/price.rs and drip.rs), to show what an account is worth in a slot.
import type { Drip, Lrt } from "../client";

export type Prices = {
  /** Shares in being. */
  supply: bigint;
  /** What backs them, as an `accrue` in the slot would leave it, in the collateral's base units. */
  nav: bigint;
  /** What exits are paid from: nav less what is disputed and no bond covers. */
  exitNav: bigint;
  /** What one whole LRT is paid, in base units. */
  rate: bigint;
  /** What of `nav` has dripped since the accounts were last written: an `accrue` books it into idle. */
  dripped: bigint;
  /** What still drips. */
  dripping: bigint;
};

/** What the drip has released by `slot` since it was last written. */
function released({ rest, last, end }: Drip, slot: bigint): bigint {
  if (slot >= end) return rest;
  return slot > last ? (rest * (slot - last)) / (end - last) : 0n;
}

/** `V`: virtual shares and virtual units. */
const virtualUnits = (decimals: number) => 10n ** BigInt(decimals - 3);

/** What `shares` are paid at `value` for all of `supply`: with the virtual units at par or above it, without them below. */
export function valueOf(shares: bigint, value: bigint, supply: bigint, decimals: number): bigint {
  if (value < supply) return (shares * value) / supply;
  const v = virtualUnits(decimals);
  return (shares * (value + v)) / (supply + v);
}

/** Supply, nav and rate of an LRT in `slot`. */
export function pricesAt(lrt: Lrt, slot: bigint): Prices {
  const { supply, fixed } = lrt;
  const rows = lrt.pools.slice(0, lrt.poolCount);
  const standsStill = supply < virtualUnits(fixed.decimals);
  let [nav, uncovered, dripped, dripping] = [0n, 0n, 0n, 0n];
  for (const row of rows) {
    const drops = standsStill ? 0n : released(row.drip, slot);
    nav += row.assets + drops;
    uncovered += row.uncovered;
    dripped += row.released + drops;
    dripping += row.drip.rest - drops;
  }
  const exitNav = nav > uncovered ? nav - uncovered : 0n;
  const one = 10n ** BigInt(fixed.decimals);
  return {
    supply,
    nav,
    exitNav,
    rate: valueOf(one, exitNav, supply, fixed.decimals),
    dripped,
    dripping,
  };
}

/** An amount as people write it: 1.5 for 1_500_000_000n of nine decimals. */
export function tokens(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const whole = digits.slice(0, point);
  const rest = digits.slice(point).replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : whole;
}

/** Amounts have 64 bits. */
const MAX_AMOUNT = 2n ** 64n - 1n;

/** Base units of an amount as people write it. */
export function parseTokens(text: string, decimals: number, name: string): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const [, whole = "", part = ""] = match ?? [];
  if (!match || part.length > decimals) {
    throw new Error(`${name} is no amount of at most ${decimals} decimals: ${text || "nothing"}`);
  }
  const amount = BigInt(whole + part.padEnd(decimals, "0"));
  if (amount > MAX_AMOUNT)
    throw new Error(`${name} is more than any token account can hold: ${text}`);
  return amount;
}

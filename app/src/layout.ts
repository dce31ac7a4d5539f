// Accounts of the program, read by the layout that this client knows.
import type { Account, Address } from "@solana/kit";
import { CONFIRMED, type Cluster } from "./cluster";
import { Trouble } from "./trouble";

/** `LAYOUT_VERSION` of the program that the client is generated from. */
export const LAYOUT_VERSION = 1;

/** An account's data, if the client knows its layout: another one would be read as nonsense. */
export function known<T extends { version: number }>(data: T): T {
  if (data.version === LAYOUT_VERSION) return data;
  throw new Trouble(
    `the program's accounts have layout ${data.version}, this client knows ${LAYOUT_VERSION}: update the client`,
  );
}

/** What is in an account, by the client's own `fetch…` for it. */
export async function load<T extends { version: number }>(
  fetch: (cluster: Cluster, key: Address, config: typeof CONFIRMED) => Promise<Account<T>>,
  cluster: Cluster,
  key: Address,
): Promise<T> {
  return known((await fetch(cluster, key, CONFIRMED)).data);
}

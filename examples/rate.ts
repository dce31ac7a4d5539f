// What an LRT is worth, off chain, from one account. From the repository's root:
//   app/node_modules/.bin/tsx examples/rate.ts <LRT mint> [node's URL]
// The node is that of LRT_URL, else of Solana's configuration, else mainnet's, unless it is named.
import {
  findLrtPda,
  getLrtDecoder,
  LIQUID_RESTAKING_PROGRAM_ADDRESS,
  LRT_DISCRIMINATOR,
  type Lrt,
} from "../app/client";
import { fail } from "../app/src/cli";
import { urlOf } from "../app/src/cluster";
import { configured, variable } from "../app/src/config";
import { pricesAt, tokens, valueOf } from "../app/src/price";

type Mint = Parameters<typeof findLrtPda>[0]["lrtMint"];

const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;

/** What `shares` are worth in `slot`: `exit` as collateral, `mint` as a debt. */
export function worth(lrt: Lrt, slot: bigint, shares: bigint) {
  const [row] = lrt.pools;
  if (lrt.version !== 1 || lrt.poolCount !== 1 || !row) throw new Error("no price that I know");
  const { nav, exitNav, supply } = pricesAt(lrt, slot); // with what has dripped since the last write
  const { depositFeeBps, withdrawalFeeBps } = lrt.params;
  const decimals = lrt.fixed.decimals;
  const fee = ceilDiv(shares * BigInt(withdrawalFeeBps), 10_000n);
  const exit = valueOf(shares - fee, exitNav, supply, decimals);

  // Deposits count what is disputed as not lost, and always use the virtual units.
  const v = 10n ** BigInt(decimals - 3);
  const gross = ceilDiv(shares * 10_000n, 10_000n - BigInt(depositFeeBps));
  const mint = ceilDiv(gross * (nav + v), supply + v);
  return { exit, mint };
}

/** A node's answer about an account. */
async function answered(url: string, request: RequestInit) {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(30_000) });
  const { result, error } = (await answer.json()) as {
    result?: { context: { slot: number }; value: { owner: string; data: [string] } | null };
    error?: { message: string };
  };
  if (!result) throw new Error(error?.message ?? "no result");
  return result;
}

/** The LRT of a mint, and the slot in which the node read it. */
export async function readLrt(url: string, lrtMint: Mint): Promise<{ lrt: Lrt; slot: bigint }> {
  const [key] = await findLrtPda({ lrtMint }).catch(() => {
    throw new Error(`${lrtMint} is no address`);
  });
  const options = { encoding: "base64", commitment: "confirmed" };
  const body = { jsonrpc: "2.0", id: 1, method: "getAccountInfo", params: [key, options] };
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  const { context, value: account } = await answered(url, request).catch((error: Error) => {
    throw new Error(`${url} does not answer as a Solana RPC node does: ${error.message}`);
  });
  if (account?.owner !== LIQUID_RESTAKING_PROGRAM_ADDRESS)
    throw new Error(`${lrtMint} is not the mint of an LRT on ${url}`);
  const data = Buffer.from(account.data[0], "base64");
  if (!LRT_DISCRIMINATOR.every((byte, i) => data[i] === byte)) throw new Error(`${key} is no LRT`);
  return { lrt: getLrtDecoder().decode(data), slot: BigInt(context.slot) };
}

async function main() {
  const [lrtMint, named] = process.argv.slice(2);
  if (!lrtMint) throw new Error("usage: rate.ts <LRT mint> [node's URL]");
  const url = urlOf(named || variable("LRT_URL") || configured().url || "mainnet");
  const { lrt, slot } = await readLrt(url, lrtMint as Mint);
  const decimals = lrt.fixed.decimals;
  const { exit, mint } = worth(lrt, slot, 10n ** BigInt(decimals));
  console.log(`slot ${slot}: one LRT is worth ${tokens(exit, decimals)} as collateral,`);
  console.log(`and ${tokens(mint, decimals)} as a debt`);
}

main().catch(fail);

// What an LRT is worth, off chain, from one account. From the repository's root:
//   app/node_modules/.bin/tsx examples/rate.ts <LRT mint> [node's URL]
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import {
  findLrtPda,
  getLrtDecoder,
  LIQUID_RESTAKING_PROGRAM_ADDRESS,
  LRT_DISCRIMINATOR,
  type Lrt,
} from "../app/client";
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

/** The LRT of a mint, and the slot in which the node read it. */
export async function readLrt(url: string, lrtMint: Mint): Promise<{ lrt: Lrt; slot: bigint }> {
  const [key] = await findLrtPda({ lrtMint });
  const options = { encoding: "base64", commitment: "confirmed" };
  const body = { jsonrpc: "2.0", id: 1, method: "getAccountInfo", params: [key, options] };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const { result } = (await answer.json()) as {
    result?: { context: { slot: number }; value: { owner: string; data: [string] } | null };
  };
  const account = result?.value;
  if (!result || account?.owner !== LIQUID_RESTAKING_PROGRAM_ADDRESS)
    throw new Error(`${lrtMint} is not the mint of an LRT on ${url}`);
  const data = Buffer.from(account.data[0], "base64");
  if (!LRT_DISCRIMINATOR.every((byte, i) => data[i] === byte)) throw new Error(`${key} is no LRT`);
  return { lrt: getLrtDecoder().decode(data), slot: BigInt(result.context.slot) };
}

/** The node of Solana's usual configuration. */
function configured(): string {
  const file = `${homedir()}/.config/solana/cli/config.yml`;
  const url = /^json_rpc_url: *"?([^"\s]+)/m.exec(readFileSync(file, "utf8"))?.[1];
  if (!url) throw new Error(`${file} names no node`);
  return url;
}

async function main() {
  const [lrtMint, url = configured()] = process.argv.slice(2);
  if (!lrtMint) throw new Error("usage: rate.ts <LRT mint> [node's URL]");
  const { lrt, slot } = await readLrt(url, lrtMint as Mint);
  const decimals = lrt.fixed.decimals;
  const { exit, mint } = worth(lrt, slot, 10n ** BigInt(decimals));
  console.log(`slot ${slot}: one LRT is worth ${tokens(exit, decimals)} as collateral,`);
  console.log(`and ${tokens(mint, decimals)} as a debt`);
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

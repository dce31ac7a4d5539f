// Every journey in order, each as its own command, on a cluster that gives SOL away (a local validator). Fails with the
// first one that fails.
import { lamports } from "@solana/kit";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mustBeMeant, path, script, type Session } from "../src/cli";
import { CONFIRMED, readWallet } from "../src/cluster";
import { openPool } from "../src/lrt";

// After `create`. Acceptance is immediate before the first deposit: so `join` comes before it.
const JOURNEYS = [
  "join",
  "deposit",
  "restake",
  "reward",
  "slash",
  "unwind",
  "stream",
  "redeem",
  "withdraw",
  "collect",
  "quote",
  "status",
];

const options = {
  keypair: { what: "keypair file of who plays every part; a fresh wallet unless given" },
  wallet: { what: "where to keep the fresh wallet's keypair file; it is removed unless given" },
  parameters: { what: "parameter file for create; migrations/quick.json unless given" },
};

/** A fresh wallet's keypair file, as Solana's own tools write it. */
async function freshWallet(file: string): Promise<string> {
  const { d, x } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const bytes = [d, x].flatMap((part) => [...Buffer.from(part ?? "", "base64url")]);
  await writeFile(file, JSON.stringify(bytes), { mode: 0o600 });
  return file;
}

/** SOL from the cluster's faucet. */
async function fund({ cluster }: Session, file: string) {
  const { address } = await readWallet(file);
  await cluster.requestAirdrop(address, lamports(1_000_000_000_000n), CONFIRMED).send();
  for (let tries = 0; tries < 60; tries++) {
    const { value } = await cluster.getBalance(address, CONFIRMED).send();
    if (value > 0n) return;
    await sleep(500);
  }
  throw new Error("the cluster's faucet gave no SOL within 30 seconds");
}

/** Runs one script as a person would, and fails when it does. */
async function run(journey: string, args: string[]) {
  console.log(`\n== ${journey}`);
  const file = fileURLToPath(new URL(`./${journey}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), file, ...args], {
    stdio: "inherit",
  });
  const code = await new Promise<number | null>((ended, failed) => {
    child.on("error", failed);
    child.on("exit", ended);
  });
  if (code !== 0) throw new Error(`the journey ${journey} failed`);
}

await script(
  "journeys",
  "Runs every journey in order, on a local validator.",
  options,
  async (session) => {
    mustBeMeant(session);
    const folder = await mkdtemp(join(tmpdir(), "journeys-"));
    try {
      const given = session.option("keypair");
      const kept = session.option("wallet");
      const keypair = given
        ? path(given)
        : await freshWallet(kept ? path(kept) : join(folder, "wallet.json"));
      if (!given) await fund(session, keypair);
      const started = Date.now();
      const common = ["--url", session.url, "--keypair", keypair];
      for (const option of ["priority-fee", "timeout"]) {
        common.push(`--${option}`, session.option(option));
      }
      const parameters = session.option("parameters");
      await run("create", [...common, ...(parameters ? ["--parameters", parameters] : [])]);
      const { lrtMint } = await openPool(session); // the one just created
      for (const journey of JOURNEYS) await run(journey, [...common, "--lrt", lrtMint]);
      console.log(`\nall journeys done in ${Math.round((Date.now() - started) / 1_000)} seconds`);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

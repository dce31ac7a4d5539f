// Scripts as a person runs them, and a node with the accounts of an embedded VM.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { fileURLToPath } from "node:url";
import { generateKeyPairSigner, type Address } from "@solana/kit";
import { LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";
import { createLrtWithPool, findPool } from "../src/create";
import { Node } from "./rpc";
import { FIXED, ONE, PARAMS, type World } from "./world";

/** The mint of no LRT. */
export const LRT = "So11111111111111111111111111111111111111112";

/** Where a script is. */
export const scriptFile = (name: string) =>
  fileURLToPath(new URL(`../scripts/${name}.ts`, import.meta.url));

/** Runs a script as a person does. Returns what it says on failing: one line, and exit code 1. */
export async function complaint(file: string, ...args: string[]) {
  return complaintIn({}, file, ...args);
}

/** The same in an environment; where it says nothing there is neither a configuration nor a variable of ours. */
export async function complaintIn(
  own: Record<string, string>,
  file: string,
  ...args: string[]
): Promise<string> {
  const env = { ...process.env, HOME: devNull, LRT: "", LRT_URL: "", ...own };
  const arguments_ = ["--import", import.meta.resolve("tsx"), file, ...args];
  const [code, errors] = await new Promise<[unknown, string]>((ended) => {
    execFile(process.execPath, arguments_, { env }, (error, _, errors) =>
      ended([error?.code, errors]),
    );
  });
  assert.equal(code, 1, errors);
  assert.match(errors, /^error: [^\n]+\n$/);
  return errors.slice("error: ".length, -1);
}

/** A node with the accounts of an embedded VM. */
export function nodeOf(world: World, changed: Record<Address, Uint8Array> = {}) {
  const account = (key: Address) => {
    if (key === LIQUID_RESTAKING_PROGRAM_ADDRESS) return { ...EMPTY, executable: true };
    const found = world.svm.getAccount(key);
    if (!found.exists) return null;
    const data = Buffer.from(changed[key] ?? found.data).toString("base64");
    return { ...EMPTY, owner: found.programAddress, data: [data, "base64"] };
  };
  const context = { slot: 1_000 };
  return new Node({
    getAccountInfo: ([key]) => ({ context, value: account(key as Address) }),
    getBalance: ([key]) => ({ context, value: Number(world.svm.getBalance(key as Address) ?? 0n) }),
  });
}
const EMPTY = {
  data: ["", "base64"],
  executable: false,
  lamports: 1,
  owner: "11111111111111111111111111111111",
  rentEpoch: 0,
  space: 0,
};

export async function created(world: World) {
  const alice = await world.wallet();
  const { mint } = await world.collateral(alice, ONE);
  const lrtMint = await generateKeyPairSigner();
  const roles = { manager: alice.address, guardian: alice.address };
  const creation = await createLrtWithPool({
    lrtMint,
    admin: alice,
    payer: alice,
    collateralMint: mint,
    depositCap: ONE,
    allowFreeze: false,
    args: { ...roles, fixed: FIXED, params: { ...PARAMS, feeWallet: alice.address } },
  });
  await world.send(alice, ...creation);
  return findPool(lrtMint.address, mint);
}

// Whatever is wrong around the program is one line that says what to do.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { generateKeyPairSigner, lamports, type Address } from "@solana/kit";
import { getLrtEncoder, decodeLrt, LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";
import { createLrtWithPool, findPool } from "../src/create";
import { Node } from "./rpc";
import { FIXED, ONE, PARAMS, World } from "./world";

const QUOTE = fileURLToPath(new URL("../scripts/quote.ts", import.meta.url));
const DEPOSIT = fileURLToPath(new URL("../scripts/deposit.ts", import.meta.url));
const LRT = "So11111111111111111111111111111111111111112";

/** Runs a script as a person does. Returns what it says on failing: one line, and exit code 1. */
async function complaint(file: string, ...args: string[]): Promise<string> {
  const arguments_ = ["--import", import.meta.resolve("tsx"), file, ...args];
  const [code, errors] = await new Promise<[unknown, string]>((ended) => {
    execFile(process.execPath, arguments_, (error, _, errors) => ended([error?.code, errors]));
  });
  assert.equal(code, 1, errors);
  assert.match(errors, /^error: [^\n]+\n$/);
  return errors.slice("error: ".length, -1);
}

const quote = (node: Node, ...args: string[]) =>
  complaint(QUOTE, "--url", node.url, "--lrt", LRT, ...args);

/** A node with the accounts of an embedded VM. */
function nodeOf(world: World, changed: Record<Address, Uint8Array> = {}) {
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

async function created(world: World) {
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

/** A key that everybody knows: its address is the program's on local clusters. */
const KNOWN = fileURLToPath(
  new URL("../../migrations/localnet-program-keypair.json", import.meta.url),
);

test("a node that is not there, refuses, fails, is none, or says nothing", async (t) => {
  const gone = new Node();
  gone.url = "http://127.0.0.1:9";
  assert.match(await quote(gone), /^http:\/\/127\.0\.0\.1:9 can not be reached \(.+\): is the/);
  const busy = await new Node().listen(t, (_, response) => response.writeHead(429).end());
  assert.match(
    await quote(busy),
    /refuses so many requests: wait, or name another node with --url$/,
  );
  const lost = await new Node().listen(t, (_, response) => response.writeHead(404).end("no"));
  assert.match(await quote(lost), /answered with HTTP 404: is it a Solana RPC node\?$/);
  const web = await new Node().listen(t, (_, response) => response.end("<html>Hello</html>"));
  assert.match(await quote(web), /did not answer as a Solana RPC node does$/);
  const other = await new Node().listen(t, (_, response) => response.end("{}"));
  assert.match(await quote(other), /did not answer as a Solana RPC node does$/);
  const slow = await new Node().listen(t, () => {});
  assert.match(await quote(slow, "--timeout", "1"), /did not answer within 1 seconds: try again/);
  const behind = await new Node().listen(t);
  delete behind.answers.getAccountInfo;
  assert.match(await quote(behind), /answered with error -32601: Method not found$/);
});

test("the wrong cluster, an LRT that is none, an empty wallet, options that mean nothing", async (t) => {
  const empty = await new Node().listen(t);
  assert.match(
    await quote(empty),
    /^the program EL54\w+ is not deployed on http:\S+: name the right cluster with --url$/,
  );

  const world = new World();
  const keys = await created(world);
  const node = await nodeOf(world).listen(t);
  assert.match(await quote(node), /^So1{40}2 is not the mint of an LRT on http:/);
  assert.match(await quote(node, "--lrt", "nonsense"), /^--lrt is no address: nonsense$/);
  assert.match(
    await quote(node, "--priority-fee", "1.5"),
    /^--priority-fee is no whole number: 1\.5$/,
  );
  assert.match(
    await complaint(QUOTE, "--url", "mainnnet"),
    /^no cluster and no http URL: mainnnet$/,
  );

  const lrt = ["--url", node.url, "--lrt", keys.lrtMint, "--keypair", KNOWN];
  world.svm.airdrop(LIQUID_RESTAKING_PROGRAM_ADDRESS, lamports(ONE));
  assert.match(
    await complaint(DEPOSIT, ...lrt, "--amount", "1.0000000001"),
    /^--amount is no amount of at most 9 decimals: 1\.0000000001$/,
  );
  assert.match(
    await complaint(DEPOSIT, ...lrt, "--amount", "99999999999"),
    /^--amount is more than any token account can hold: 99999999999$/,
  );
  const broke = await new Node({
    ...node.own,
    getBalance: () => ({ context: { slot: 1 }, value: 0 }),
  });
  await broke.listen(t);
  assert.match(
    await complaint(DEPOSIT, ...lrt, "--url", broke.url),
    /^the wallet EL54\w+ has too little SOL on http:\S+: send it some, or name another with --keypair$/,
  );
});

test("accounts of another layout are not read", async (t) => {
  const world = new World();
  const keys = await created(world);
  const lrt = world.read(keys.lrt, decodeLrt);
  const newer = getLrtEncoder().encode({ ...lrt, version: 2 });
  const node = await nodeOf(world, { [keys.lrt]: Uint8Array.from(newer) }).listen(t);
  assert.equal(
    await quote(node, "--lrt", keys.lrtMint),
    "the program's accounts have layout 2, this client knows 1: update the client",
  );
});

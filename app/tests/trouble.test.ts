// Whatever is wrong around the program is one line that says what to do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { lamports } from "@solana/kit";
import { getLrtEncoder, decodeLrt, LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";
import { Node } from "./rpc";
import { complaint, created, LRT, nodeOf, scriptFile } from "./scripts";
import { ONE, World } from "./world";

const QUOTE = scriptFile("quote");
const DEPOSIT = scriptFile("deposit");

const quote = (node: Node, ...args: string[]) =>
  complaint(QUOTE, "--url", node.url, "--lrt", LRT, ...args);

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
  assert.match(await quote(node, "--lrt", KNOWN), /is no address: .* \(a keypair file is none: /);
  assert.match(
    await quote(node, "--priority-fee", "1.5"),
    /^--priority-fee is no whole number: 1\.5$/,
  );
  assert.match(
    await complaint(QUOTE, "--url", "mainnnet"),
    /^--url: no cluster and no http URL: mainnnet$/,
  );

  assert.equal(
    await complaint(scriptFile("slash"), "--url", node.url, "--evidence", "/none/evidence"),
    "the evidence /none/evidence can not be read",
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

// Where a script finds cluster, wallet and LRT: the option, the environment, Solana's configuration, the default.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { mustBeMeant } from "../src/cli";
import { isLocal, urlOf } from "../src/cluster";
import { parseConfig } from "../src/config";
import { parseTokens, tokens } from "../src/price";
import { Node } from "./rpc";
import { complaintIn, LRT, nodeOf, scriptFile } from "./scripts";
import { World } from "./world";

const RATE = fileURLToPath(new URL("../../examples/rate.ts", import.meta.url));
/** Nobody listens there. */
const GONE = "http://127.0.0.1:9";

/** A home whose configuration says this. */
function home(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "home-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, ".config/solana/cli"), { recursive: true });
  writeFileSync(join(folder, ".config/solana/cli/config.yml"), text);
  return folder;
}

test("the file of `solana config set` is understood", () => {
  const text =
    "---\njson_rpc_url: http://localhost:8899\nwebsocket_url: ''\nkeypair_path: \"/k.json\"\naddress_labels:\n  '11111111111111111111111111111111': System Program\n  json_rpc_url: none\ncommitment: finalized\n";
  const config = { url: "http://localhost:8899", keypair: "/k.json" };
  assert.deepEqual(parseConfig(text), config);
  assert.deepEqual(parseConfig(text.replaceAll("\n", "\r\n")), config);
  assert.deepEqual(parseConfig("json_rpc_url: ''\n# keypair_path: /k.json\n"), {});
  assert.deepEqual(parseConfig(""), {});
});

test("clusters have the names that Solana's own tools take", () => {
  const names = ["l", "localhost", "localnet", "d", "devnet", "t", "testnet", "m", "mainnet"];
  assert.deepEqual(
    [...names, "mainnet-beta"].map((name) =>
      new URL(urlOf(name)).hostname.replace(/\.solana.*/, ""),
    ),
    [
      ...["127.0.0.1", "127.0.0.1", "127.0.0.1", "api.devnet", "api.devnet"],
      ...["api.testnet", "api.testnet", "api.mainnet-beta", "api.mainnet-beta", "api.mainnet-beta"],
    ],
  );
  assert.equal(urlOf("http://x:1"), "http://x:1");
  assert.throws(() => urlOf("x"), { message: "no cluster and no http URL: x" });
  assert.throws(() => urlOf("constructor"));

  for (const url of [
    "http://localhost:1",
    "http://127.0.0.1:8899",
    "http://127.1.2.3",
    "http://[::1]:1",
  ])
    assert.ok(isLocal(url), url);
  for (const url of [
    urlOf("d"),
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://10.0.0.1",
  ])
    assert.ok(!isLocal(url), url);
});

test("a cluster is the option's, the environment's, the configuration's, in this order", async (t) => {
  const node = await nodeOf(new World()).listen(t);
  const quote = scriptFile("quote");
  const found = /^So1{40}2 is not the mint of an LRT on http:/;
  const gone = /^http:\/\/127\.0\.0\.1:9 can not be reached/;
  const [right, wrong] = [node.url, GONE].map((url) => home(t, `json_rpc_url: "${url}"\n`));
  assert.ok(right && wrong);

  const url = ["--url", node.url];
  assert.match(await complaintIn({ HOME: wrong, LRT_URL: GONE, LRT }, quote, ...url), found);
  assert.match(await complaintIn({ HOME: wrong, LRT_URL: node.url, LRT }, quote), found);
  assert.match(await complaintIn({ HOME: right, LRT_URL: "", LRT }, quote), found);
  assert.match(await complaintIn({ HOME: right, LRT }, quote, "--url", ""), found);
  assert.match(await complaintIn({ HOME: right, LRT_URL: GONE, LRT }, quote), gone);
  assert.match(await complaintIn({ HOME: wrong, LRT }, quote), gone);

  assert.equal(
    await complaintIn({ LRT_URL: "here" }, quote),
    "LRT_URL: no cluster and no http URL: here",
  );
  assert.equal(
    await complaintIn({ HOME: home(t, "json_rpc_url: here") }, quote),
    "~/.config/solana/cli/config.yml: no cluster and no http URL: here",
  );
  assert.equal(await complaintIn({ LRT: "x" }, quote, ...url), "LRT is no address: x");
  // The option is asked first.
  assert.match(await complaintIn({ LRT: "x" }, quote, ...url, "--lrt", LRT), found);
});

test("a wallet is the option's, the configuration's, or Solana's usual one", async (t) => {
  const node = await new Node({ getGenesisHash: () => LRT }).listen(t);
  const deposit = scriptFile("deposit");
  const url = ["--url", node.url];
  const missing = async (text: string, ...args: string[]) =>
    complaintIn({ HOME: home(t, text) }, deposit, ...url, ...args);
  const named = "keypair_path: /none/configured.json\n";
  assert.match(
    await missing(named, "--keypair", "/none/given.json"),
    /\/none\/given\.json does not/,
  );
  assert.match(await missing(named), /file \/none\/configured\.json does not exist$/);
  assert.match(await missing(""), /file \S+\/\.config\/solana\/id\.json does not exist$/);
  assert.match(await missing("keypair_path: usb://ledger"), /^usb:\/\/ledger: hardware wallets/);
});

test("test tokens and airdrops are for a cluster that is local or named with --url", async (t) => {
  const elsewhere = "http://10.255.255.1";
  const refused = `${elsewhere} is not a local cluster: if it is the one meant, name it with --url`;
  const configured = home(t, `json_rpc_url: ${elsewhere}\n`);
  for (const script of ["create", "all"].map(scriptFile)) {
    assert.equal(await complaintIn({ HOME: configured }, script), refused);
    assert.equal(await complaintIn({ LRT_URL: elsewhere }, script), refused);
  }
  mustBeMeant({ url: elsewhere, urlGiven: true });
  mustBeMeant({ url: GONE, urlGiven: false });
});

test("the example of a rate finds its node as `lrt` does", async (t) => {
  const node = await nodeOf(new World()).listen(t);
  const found = `${LRT} is not the mint of an LRT on ${node.url}`;
  const gone = `${GONE} does not answer as a Solana RPC node does: fetch failed`;
  const configured = home(t, `json_rpc_url: ${node.url}\n`);
  assert.equal(await complaintIn({ HOME: configured }, RATE, LRT), found);
  assert.equal(await complaintIn({ LRT_URL: node.url }, RATE, LRT), found);
  assert.equal(await complaintIn({ HOME: configured, LRT_URL: GONE }, RATE, LRT), gone);
  assert.equal(await complaintIn({ LRT_URL: GONE }, RATE, LRT, node.url), found);
  assert.equal(await complaintIn({ LRT_URL: node.url }, RATE, "x"), "x is no address");
  assert.match(await complaintIn({}, RATE), /^usage: /);
});

test("amounts are written with as many decimals as there are", () => {
  assert.deepEqual(
    [0n, 5n, 120n].map((amount) => tokens(amount, 0)),
    ["0", "5", "120"],
  );
  assert.deepEqual(
    [0n, 5n, 120n].map((amount) => tokens(amount, 1)),
    ["0", "0.5", "12"],
  );
  assert.equal(parseTokens("120", 0, "--amount"), 120n);
  assert.throws(() => parseTokens("1.5", 0, "--amount"));
});

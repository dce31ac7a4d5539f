// Sending: never the same effect twice, whatever the node does.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  generateKeyPairSigner,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
} from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { connect } from "../src/cluster";
import { lastHeight, limitFor, send } from "../src/send";
import { Refused } from "../src/refused";
import { Trouble } from "../src/trouble";
import { isFinalized, Node } from "./rpc";

/** Everything a hundred times as fast. */
const PACE = { look: 4, silence: 100, timeout: 1_000, longest: 6_000, catchUp: 10 };

async function sending(node: Node, own: { priorityFee?: bigint; longest?: number } = {}) {
  const payer = await generateKeyPairSigner();
  const transfer = { source: payer, destination: payer.address, amount: 1n };
  return send(connect(node.url, { ...PACE, ...own }), payer, [getTransferSolInstruction(transfer)]);
}

/** The compute unit limit and price of a transaction in base64. */
function budget(wire: string) {
  const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
  assert.ok("instructions" in message);
  const datas = message.instructions.map(({ data }) => Buffer.from(data ?? []));
  return {
    instructions: datas.length,
    limit: datas.find((data) => data[0] === 2 && data.length === 5)?.readUInt32LE(1),
    price: datas.find((data) => data[0] === 3 && data.length === 9)?.readBigUInt64LE(1),
  };
}

test("the limit is a tenth above what the simulation used, the priority fee as asked", async (t) => {
  assert.deepEqual([limitFor(10_000n), limitFor(10n ** 9n)], [12_000, 1_400_000]);
  const node = await new Node().listen(t);
  await sending(node);
  await sending(node, { priorityFee: 777n });
  const [plain, urgent] = node.sent().map(budget);
  assert.deepEqual(plain, { instructions: 2, limit: 12_000, price: undefined });
  assert.deepEqual(urgent, { instructions: 3, limit: 12_000, price: 777n });
});

test("the same bytes are sent until they land, whatever the node says to them", async (t) => {
  let looks = 0;
  const node: Node = await new Node({
    sendTransaction: () => undefined, // the connection breaks
    getSignatureStatuses: () => node.statuses(++looks < 14 ? null : {}),
  }).listen(t);
  const signature = await sending(node);
  assert.ok(node.sent().length >= 3);
  assert.equal(new Set(node.sent()).size, 1);
  assert.equal(node.calls("getLatestBlockhash").length, 1);
  assert.deepEqual(node.calls("getSignatureStatuses").at(-1)?.params[0], [signature]);
});

test("a new blockhash is taken only when no block can take the old one and none has", async (t) => {
  let finalized = 0;
  const node: Node = await new Node({
    getSignatureStatuses: ([, config]) => {
      const history = (config as { searchTransactionHistory?: boolean } | undefined)
        ?.searchTransactionHistory;
      if (new Set(node.sent()).size === 2) return node.statuses({});
      // A node that lags behind the finalized blocks does not know what is in them: the first two times it is not believed.
      const lags = finalized < 4;
      return history && lags ? node.statuses(null, node.slot - 1) : node.statuses(null);
    },
    getEpochInfo: ([config]) => {
      if (!isFinalized(config)) return node.epoch(0);
      return node.epoch(++finalized === 1 ? 150 : 151); // not yet, the first time
    },
  }).listen(t);
  await sending(node);
  assert.equal(node.calls("getLatestBlockhash").length, 2);
  assert.equal(finalized, 4);
  const [first] = node.sent();
  // One in a round of looks: at first, after "not yet", after each of the two that were not believed.
  assert.equal(node.sent().filter((wire) => wire === first).length, 4);
});

test("what landed just before its blockhash expired is found, and not sent again", async (t) => {
  const landed = (err: object | null) => {
    const node: Node = new Node({
      getSignatureStatuses: ([, config]) =>
        node.statuses(config ? { confirmationStatus: "finalized", err } : null),
    });
    node.later = 151;
    return node.listen(t);
  };
  const node = await landed(null);
  await sending(node);
  assert.equal(node.calls("getLatestBlockhash").length, 1);

  const failed = await landed({ InstructionError: [0, { Custom: 6_003 }] });
  await assert.rejects(sending(failed), (error: Refused) => {
    assert.ok(error instanceof Refused);
    assert.equal(error.code, 6_003);
    return /below the minimum that the caller accepts/.test(error.message);
  });
  assert.equal(failed.calls("getLatestBlockhash").length, 1);
});

test("one that is only in a block that may yet be dropped is waited for", async (t) => {
  let looks = 0;
  const node: Node = await new Node({
    getSignatureStatuses: () =>
      node.statuses({ confirmationStatus: ++looks < 20 ? "processed" : "confirmed" }),
  }).listen(t);
  node.later = 151;
  await sending(node);
  assert.equal(node.calls("getLatestBlockhash").length, 1);
});

test("a transaction that no block takes is given up, and nothing has happened", async (t) => {
  const node: Node = await new Node({
    getSignatureStatuses: () => node.statuses(null),
  }).listen(t);
  node.later = 151;
  await assert.rejects(sending(node), (error: Trouble) =>
    /^no block took the transaction, nothing has happened: .*--priority-fee$/.test(error.message),
  );
  assert.equal(node.calls("getLatestBlockhash").length, 4);
  assert.equal(new Set(node.sent()).size, 4);
});

test("a node that falls silent: the transaction may have landed", async (t) => {
  const node: Node = await new Node({
    getSignatureStatuses: () => undefined,
    getEpochInfo: ([config]) => (isFinalized(config) ? undefined : node.epoch(0)),
  }).listen(t);
  await assert.rejects(
    sending(node),
    (error: Trouble) =>
      error instanceof Trouble &&
      /The transaction \w{80,90} may have landed: look it up/.test(error.message),
  );
  assert.equal(new Set(node.sent()).size, 1);
});

/** A node that gives blockhashes whose last block it says is at `last`. */
const misled = (last: number, own: Node["own"] = {}): Node => {
  const node: Node = new Node({
    getLatestBlockhash: () => ({
      context: { slot: node.slot },
      value: {
        blockhash: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi",
        lastValidBlockHeight: last,
      },
    }),
    ...own,
  });
  return node;
};

test("a blockhash lives as long as it can, whatever the node says", async (t) => {
  assert.deepEqual(
    [1_150n, 1_140n, 0n, 1_160n, 2n ** 60n].map((reported) => lastHeight(reported, 1_000n)),
    // As given; for an older one; a lie; by another node, ten blocks ahead; a lie.
    [1_150n, 1_150n, 1_150n, 1_160n, 1_300n],
  );

  for (const last of [0, 1]) {
    // Seen only late: by then it could have been signed again many times.
    let looks = 0;
    const node: Node = misled(last, {
      getSignatureStatuses: ([, config]) =>
        node.statuses(!config && ++looks > 40 ? { confirmationStatus: "confirmed" } : null),
    });
    node.later = 150;
    await node.listen(t);
    await sending(node);
    assert.equal(node.calls("getLatestBlockhash").length, 1);
    assert.equal(new Set(node.sent()).size, 1);
  }
});

test("a blockhash that is to live for ever is given up when it can not", async (t) => {
  const node: Node = misled(2 ** 60, { getSignatureStatuses: () => node.statuses(null) });
  node.later = 301;
  await node.listen(t);
  await assert.rejects(
    sending(node),
    /^Error: no block took the transaction, nothing has happened/,
  );
  assert.equal(node.calls("getLatestBlockhash").length, 4);
});

test("a node whose blocks stand still is not waited for without end", async (t) => {
  const node: Node = await new Node({ getSignatureStatuses: () => node.statuses(null) }).listen(t);
  await assert.rejects(
    sending(node, { longest: 200 }),
    /^Error: http:\S+ does not say what became of it\. The transaction \w{80,90} may have landed: look it up/,
  );
  assert.equal(new Set(node.sent()).size, 1);
});

test("a blockhash that the node does not know itself is not signed with", async (t) => {
  const answer = (value: boolean) => ({ context: { slot: 1_000 }, value });
  const node = await new Node({ isBlockhashValid: () => answer(false) }).listen(t);
  await assert.rejects(
    sending(node),
    /^Error: http:\S+ does not know the blockhash that it gave: it is behind, or does not tell the truth\. Nothing has happened; name another node with --url$/,
  );
  assert.equal(node.calls("isBlockhashValid").length, 5);
  assert.deepEqual(node.calls("isBlockhashValid")[0]?.params[1], { commitment: "processed" });
  assert.equal(node.sent().length, 0);

  let asked = 0; // it only needs a while
  const slow = await new Node({ isBlockhashValid: () => answer(++asked === 3) }).listen(t);
  await sending(slow);
  assert.equal(slow.calls("getLatestBlockhash").length, 3);
});

test("what the simulation refuses is not sent", async (t) => {
  const logs = [
    "Program EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix invoke [1]",
    "Program log: Instruction: Delegate",
    "Program log: Over by 5",
    "Program log: AnchorError thrown in x.rs:1. Error Code: OperatorCapExceeded. Error Number: 6105. Error Message: The operator's cap would be exceeded; by how much is in the log.",
  ];
  const err = { InstructionError: [0, { Custom: 6_105 }] };
  const node: Node = await new Node({
    simulateTransaction: () => ({ context: { slot: 1 }, value: { err, logs, returnData: null } }),
  }).listen(t);
  await assert.rejects(sending(node), {
    message:
      "refused: OperatorCapExceeded: The operator's cap would be exceeded; by how much is in the log (Over by 5)",
  });
  assert.equal(node.sent().length, 0);
});

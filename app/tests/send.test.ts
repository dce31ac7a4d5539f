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
import { limitFor, send } from "../src/send";
import { Refused } from "../src/refused";
import { Trouble } from "../src/trouble";
import { Node } from "./rpc";

/** Everything a hundred times as fast. */
const PACE = { look: 4, silence: 100, timeout: 1_000 };

async function sending(node: Node, own: { priorityFee?: bigint } = {}) {
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
  const node: Node = await new Node({
    getSignatureStatuses: ([signatures, config]) => {
      const history = (config as { searchTransactionHistory?: boolean } | undefined)
        ?.searchTransactionHistory;
      if (new Set(node.sent()).size === 2) return node.statuses({});
      // A node that lags behind the finalized blocks does not know what is in them: the first two times it is not believed.
      const lags = node.calls("getEpochInfo").length < 4;
      return history && lags ? node.statuses(null, node.slot - 1) : node.statuses(null);
    },
    getEpochInfo: () => {
      // Not yet, the first time.
      if (node.calls("getEpochInfo").length === 2) node.height += 151;
      return { absoluteSlot: node.slot, blockHeight: node.height };
    },
  }).listen(t);
  await sending(node);
  assert.equal(node.calls("getLatestBlockhash").length, 2);
  assert.equal(node.calls("getEpochInfo").length, 4);
  const [first] = node.sent();
  // One in a round of looks: at first, after "not yet", after each of the two that were not believed.
  assert.equal(node.sent().filter((wire) => wire === first).length, 4);
});

test("what landed just before its blockhash expired is found, and not sent again", async (t) => {
  const landed = (err: object | null) => {
    const node: Node = new Node({
      getEpochInfo: () => ({ absoluteSlot: node.slot, blockHeight: node.height + 151 }),
      getSignatureStatuses: ([, config]) =>
        node.statuses(config ? { confirmationStatus: "finalized", err } : null),
    });
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
    getEpochInfo: () => ({ absoluteSlot: node.slot, blockHeight: node.height + 151 }),
    getSignatureStatuses: () =>
      node.statuses({ confirmationStatus: ++looks < 20 ? "processed" : "confirmed" }),
  }).listen(t);
  await sending(node);
  assert.equal(node.calls("getLatestBlockhash").length, 1);
});

test("a transaction that no block takes is given up, and nothing has happened", async (t) => {
  const node: Node = await new Node({
    getEpochInfo: () => ({ absoluteSlot: node.slot, blockHeight: node.height + 151 }),
    getSignatureStatuses: () => node.statuses(null),
  }).listen(t);
  await assert.rejects(sending(node), (error: Trouble) =>
    /^no block took the transaction, nothing has happened: .*--priority-fee$/.test(error.message),
  );
  assert.equal(node.calls("getLatestBlockhash").length, 4);
  assert.equal(new Set(node.sent()).size, 4);
});

test("a node that falls silent: the transaction may have landed", async (t) => {
  const silent = () => undefined;
  const node = await new Node({ getSignatureStatuses: silent, getEpochInfo: silent }).listen(t);
  await assert.rejects(
    sending(node),
    (error: Trouble) =>
      error instanceof Trouble &&
      /The transaction \w{80,90} may have landed: look it up/.test(error.message),
  );
  assert.equal(new Set(node.sent()).size, 1);
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

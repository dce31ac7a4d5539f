// A request to leave that somebody else overtakes is made anew, from the queue as it is then.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  type Address,
} from "@solana/kit";
import {
  decodeLrt,
  decodeStakePool,
  findWithdrawBatchPda,
  getStakePoolEncoder,
  LIQUID_RESTAKING_ERROR__TAIL_BATCH_MISSING,
  LIQUID_RESTAKING_ERROR__WRONG_EPOCH,
  LIQUID_RESTAKING_ERROR__ZERO_AMOUNT,
} from "../client";
import { connect } from "../src/cluster";
import { requestWithdraw } from "../src/queue";
import { Refused } from "../src/refused";
import { created, nodeOf } from "./scripts";
import { FIXED, START, World } from "./world";

/** The accounts of a transaction in base64. */
function accountsOf(wire: unknown): readonly Address[] {
  const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(String(wire)));
  return getCompiledTransactionMessageDecoder().decode(messageBytes).staticAccounts;
}

/** A request to a node that refuses it so, one error after the other; after the first the queue has a tail. */
async function requested(t: TestContext, errors: number[]) {
  const world = new World();
  const keys = await created(world);
  const owner = await world.wallet();
  const pool = world.read(keys.stakePool, decodeStakePool);
  const tailEpoch = START / BigInt(FIXED.epochLength) - 1n;
  const changed: Record<Address, Uint8Array> = {};
  const node = nodeOf(world, changed);
  node.own.simulateTransaction = () => {
    const code = errors.shift();
    const later = getStakePoolEncoder().encode({ ...pool, queueLength: 1, tailEpoch });
    changed[keys.stakePool] = Uint8Array.from(later);
    const err = code === undefined ? null : { InstructionError: [1, { Custom: code }] };
    return {
      context: { slot: node.slot },
      value: { err, logs: [], unitsConsumed: 1_000, returnData: null },
    };
  };
  await node.listen(t);
  const decimals = world.read(keys.lrt, decodeLrt).fixed.decimals;
  const whole = { ...keys, collateralTokenProgram: pool.tokenProgram, decimals };
  const cluster = connect(node.url, { look: 4 });
  const [tail] = await findWithdrawBatchPda({ stakePool: keys.stakePool, epoch: tailEpoch });
  const outcome = await requestWithdraw(cluster, whole, owner, 1n).catch((error: unknown) => error);
  const tries = node.calls("simulateTransaction").map(({ params }) => accountsOf(params[0]));
  return { node, outcome, withTail: tries.map((accounts) => accounts.includes(tail)) };
}

test("a request behind a tail that has moved is made again, and then behind the new one", async (t) => {
  for (const code of [
    LIQUID_RESTAKING_ERROR__TAIL_BATCH_MISSING,
    LIQUID_RESTAKING_ERROR__WRONG_EPOCH,
  ]) {
    const { node, outcome, withTail } = await requested(t, [code, code]);
    assert.ok(!(outcome instanceof Error), String(outcome));
    assert.deepEqual(withTail, [false, true, true]);
    assert.equal(new Set(node.sent()).size, 1);
  }
});

test("it is not made for ever, nor after any other error", async (t) => {
  const missing = LIQUID_RESTAKING_ERROR__TAIL_BATCH_MISSING;
  const ever = await requested(t, Array<number>(9).fill(missing));
  assert.ok(ever.outcome instanceof Refused);
  assert.equal(ever.outcome.code, missing);
  assert.equal(ever.withTail.length, 4);
  assert.equal(ever.node.sent().length, 0);

  const other = await requested(t, [LIQUID_RESTAKING_ERROR__ZERO_AMOUNT]);
  assert.ok(other.outcome instanceof Refused);
  assert.equal(other.withTail.length, 1);
});

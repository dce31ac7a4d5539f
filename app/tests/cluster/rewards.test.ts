// Rewards: the operator's commission, the LRT's fee, the rest drips slot by slot, and the reports say whose it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { tokenAccounts } from "../../src/lrt";
import { pricesAt } from "../../src/price";
import { COMMISSION_BPS, restaked } from "./parties";
import { bpsCeil, event, ONE, V, World } from "./world";

test("a reward is split, drips exactly, and is collected by whom it is owed", async () => {
  const world = await World.create({ rewardFeeBps: 1_000 });
  const { cluster, pool, stranger } = world;
  const { avs, operators, works } = await restaked(world, 1, 50n * ONE);
  const [operator, work] = [operators[0]!, works[0]!];

  const amount = 2n * ONE + 7n; // so that something is rounded
  await world.supply(avs.authority.address, amount + ONE);
  const { collateral } = await tokenAccounts(pool, avs.authority.address);
  const pay = (amount: bigint) =>
    client.getPayRewardsInstructionAsync({
      ...pool,
      ...work,
      payer: avs.authority,
      collateral,
      amount,
    });
  const tooSmall = BigInt(world.params.minReward) - 1n;
  await world.refuses("RewardTooSmall", avs.authority, await pay(tooSmall));

  const paid = await world.act(avs.authority, await pay(amount));
  const commission = bpsCeil(amount, BigInt(COMMISSION_BPS));
  const fee = bpsCeil(amount - commission, 1_000n);
  const net = amount - commission - fee;
  const dripEnd = paid.slot + BigInt(world.params.dripSlots);
  assert.deepEqual(event(paid, "RewardsPaid"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    avs: avs.avs,
    payer: avs.authority.address,
    isSigned: true,
    split: { commission, fee, net },
    dripRest: net,
    dripEnd,
  });

  // In the middle of it: as much as the slots that have passed, and what the client shows is what is booked.
  await waitFor(cluster, paid.slot + 5n, "some of it drips");
  const { lrt: before } = await world.read();
  const accrued = await world.act(stranger, await client.getAccrueInstructionAsync(pool));
  const passed = accrued.slot < dripEnd ? accrued.slot : dripEnd;
  const released = (net * (passed - paid.slot)) / (dripEnd - paid.slot);
  assert.deepEqual(event(accrued, "Accrued"), {
    lrt: pool.lrt,
    released,
    before: { supply: 100n * ONE, nav: 100n * ONE },
    after: { supply: 100n * ONE, nav: 100n * ONE + released },
  });
  assert.equal(pricesAt(before, accrued.slot).nav, 100n * ONE + released);

  // All of it.
  await waitFor(cluster, dripEnd, "the rest drips");
  const { slot, lrt } = await world.read();
  const prices = pricesAt(lrt, slot);
  const nav = 100n * ONE + net;
  assert.deepEqual([prices.nav, prices.dripping], [nav, 0n]);
  assert.equal(prices.rate, (ONE * (nav + V)) / (100n * ONE + V));
  await world.check();

  const report = await world.ask(
    client.getYieldReportInstruction({ ...pool, poolAvss: [work.poolAvs] }),
    client.getYieldReportDecoder(),
  );
  const rewardIndex = (net << 64n) / (100n * ONE);
  assert.deepEqual(report.avss, [
    { place: 0, rewards: net, losses: 0n, rewardIndex, lossIndex: 0n },
  ]);
  assert.deepEqual([report.commissions, report.rewardFees], [commission, fee]);

  // Anyone brings each what it is owed.
  const { feeWallet } = world.params;
  await world.supply(feeWallet, 0n);
  const fees = await tokenAccounts(pool, feeWallet);
  const theirs = await tokenAccounts(pool, operator.authority.address);
  const collected = await world.act(
    stranger,
    await client.getCollectFeesInstructionAsync({
      ...pool,
      feeLrt: fees.lrt,
      feeCollateral: fees.collateral,
      collector: stranger,
    }),
    await client.getCollectCommissionInstructionAsync({
      ...pool,
      operator: operator.operator,
      destination: theirs.collateral,
      collector: stranger,
    }),
  );
  const told = event<client.FeesCollected>(collected, "FeesCollected");
  assert.deepEqual([told.feeWallet, told.assets, told.shares], [feeWallet, fee, 0n]);
  assert.deepEqual(event(collected, "CommissionCollected"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    destination: theirs.collateral,
    assets: commission,
  });
  assert.equal(await world.tokens(fees.collateral), fee);
  assert.equal(await world.tokens(theirs.collateral), commission);
  const { pool: ledger } = await world.read();
  assert.deepEqual([ledger.feesOwed, ledger.operatorsOwed], [0n, 0n]);
  await world.check();
});

// Leaving at once against a fee, and what the guardian can pause and what not.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { tokenAccounts } from "../../src/lrt";
import { pricesAt } from "../../src/price";
import { requestWithdraw } from "../../src/queue";
import { bpsCeil, event, ONE, STOCK, World } from "./world";

test("an instant exit pays what its quote said, and its fee drips to those who stay", async () => {
  const world = await World.create({ instantFeeBps: 100, instantLimitBps: 2_000 });
  const { cluster, pool, alice, bob } = world;
  await world.act(alice, await world.deposit(alice, 60n * ONE));
  await world.act(bob, await world.deposit(bob, 40n * ONE));
  const { collateral } = await tokenAccounts(pool, alice.address);
  const redeem = (shares: bigint, minAssets: bigint) =>
    client.getRedeemInstantInstructionAsync({
      ...pool,
      holder: alice,
      userCollateral: collateral,
      shares,
      minAssets,
    });

  const shares = 10n * ONE + 1n;
  const feeShares = bpsCeil(shares, 100n);
  const quote = await world.ask(
    client.getQuoteInstantInstruction({ ...pool, shares }),
    client.getInstantExitDecoder(),
  );
  const [grossAssets, netAssets] = [shares, shares - feeShares]; // at par
  const feeAssets = grossAssets - netAssets;
  assert.deepEqual(quote, { feeShares, grossAssets, feeAssets, netAssets });

  const before = await world.everything();
  await world.refuses("SlippageExceeded", alice, await redeem(shares, netAssets + 1n));
  // A fifth of the value in an epoch.
  await world.refuses("InstantLimitExceeded", alice, await redeem(20n * ONE + 1n, 0n));
  assert.deepEqual(await world.everything(), before);

  const redeemed = await world.act(alice, await redeem(shares, netAssets));
  assert.deepEqual(event(redeemed, "RedeemedInstantly"), {
    lrt: pool.lrt,
    stakePool: pool.stakePool,
    holder: alice.address,
    shares,
    exit: quote,
    before: { supply: 100n * ONE, nav: 100n * ONE },
    after: { supply: 100n * ONE - shares, nav: 100n * ONE - grossAssets },
  });
  assert.deepEqual(await world.held(alice.address), {
    collateral: STOCK - 60n * ONE + netAssets,
    lrt: 60n * ONE - shares,
  });
  await world.check();

  await waitFor(cluster, redeemed.slot + BigInt(world.params.dripSlots), "the fee drips");
  const { slot, lrt } = await world.read();
  assert.equal(pricesAt(lrt, slot).nav, 100n * ONE - netAssets);
  await world.check();
});

test("the guardian pauses deposits and instant exits, and never the queue", async () => {
  const world = await World.create();
  const { pool, alice, guardian, stranger } = world;
  await world.act(alice, await world.deposit(alice, 60n * ONE));
  const { collateral } = await tokenAccounts(pool, alice.address);
  const pause = (what: client.Pausable, slots: number | null, by = guardian) =>
    client.getSetPauseInstructionAsync({ ...pool, guardian: by, what, slots });
  const deposit = await world.deposit(alice, ONE);
  const redeem = await client.getRedeemInstantInstructionAsync({
    ...pool,
    holder: alice,
    userCollateral: collateral,
    shares: ONE,
    minAssets: 0n,
  });

  await world.refuses(
    "NotGuardian",
    stranger,
    await pause(client.Pausable.Deposits, 1_000, stranger),
  );
  const paused = await world.act(guardian, await pause(client.Pausable.Deposits, 1_000));
  assert.deepEqual(event(paused, "PauseChanged"), {
    lrt: pool.lrt,
    what: client.Pausable.Deposits,
    oldFrom: 0n,
    oldUntil: 0n,
    from: paused.slot,
    until: paused.slot + 1_000n,
  });
  await world.act(guardian, await pause(client.Pausable.InstantExits, 1_000));
  const before = await world.everything();
  await world.refuses("DepositsPaused", alice, deposit);
  await world.fails(client.LIQUID_RESTAKING_ERROR__DEPOSITS_PAUSED, alice, deposit);
  await world.refuses("InstantExitsPaused", alice, redeem);
  await world.refuses("PauseTooSoon", guardian, await pause(client.Pausable.Deposits, 1_000));
  assert.deepEqual(await world.everything(), before);

  // Whoever wants to leave through the queue asks as ever.
  await requestWithdraw(world.cluster, pool, alice, 10n * ONE);
  assert.equal((await world.read()).pool.queued, 10n * ONE);

  const ended = await world.act(guardian, await pause(client.Pausable.Deposits, null));
  const { until } = event<client.PauseChanged>(ended, "PauseChanged");
  assert.equal(until, ended.slot > paused.slot ? ended.slot : paused.slot + 1n);
  await world.act(alice, deposit);
  await world.refuses("InstantExitsPaused", alice, redeem);
  assert.equal((await world.read()).lrt.supply, 61n * ONE);
  await world.check();
});

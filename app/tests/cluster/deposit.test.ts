// Creating an LRT, and deposits: exact shares, events, refusals that change nothing, fees.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getTransferInstruction } from "@solana-program/token";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { tokenAccounts } from "../../src/lrt";
import { bpsCeil, event, fixed, ONE, STOCK, V, World } from "./world";

test("a deposit mints what quote and formula say, before and after a gift", async () => {
  const world = await World.create({ depositFeeBps: 50 });
  const { pool, admin, alice, bob, cluster } = world;
  const { lrt: created, pool: ledger } = await world.read();
  assert.deepEqual(
    [created.mint, created.supply, created.poolCount, created.pools[0]?.stakePool],
    [pool.lrtMint, 0n, 1, pool.stakePool],
  );
  assert.deepEqual(
    [created.admin.holder, created.manager.holder, created.guardian.holder],
    [admin.address, world.manager.address, world.guardian.address],
  );
  assert.deepEqual(
    [created.fixed.epochLength, created.fixed.maxExitDelay, created.params.timelockSlots],
    [BigInt(fixed.epochLength), BigInt(fixed.maxExitDelay), BigInt(world.params.timelockSlots)],
  );
  assert.deepEqual(
    [created.params.feeWallet, created.params.depositFeeBps],
    [world.params.feeWallet, 50],
  );
  assert.deepEqual(
    [ledger.lrt, ledger.collateralMint, ledger.vault, ledger.depositCap.now],
    [pool.lrt, pool.collateralMint, pool.vault, 500n * ONE],
  );
  assert.equal(await world.mintSupply(pool.lrtMint), 0n);

  // 3 at par, 0.5 % of it for the fee wallet.
  const quote = (amount: bigint) =>
    world.ask(client.getQuoteDepositInstruction({ ...pool, amount }), client.getMintedDecoder());
  const first = { grossShares: 3n * ONE, feeShares: 15_000_000n, netShares: 2_985_000_000n };
  assert.deepEqual(await quote(3n * ONE), first);
  const done = await world.act(alice, await world.deposit(alice, 3n * ONE, first.netShares));
  assert.deepEqual(event(done, "Deposited"), {
    lrt: pool.lrt,
    stakePool: pool.stakePool,
    depositor: alice.address,
    amount: 3n * ONE,
    minted: first,
    before: { supply: 0n, nav: 0n },
    after: { supply: 3n * ONE, nav: 3n * ONE },
  });
  assert.deepEqual(await world.held(alice.address), {
    collateral: STOCK - 3n * ONE,
    lrt: first.netShares,
  });
  assert.equal(await world.tokens(pool.vault), 3n * ONE);

  // Half a token sent to the vault drips to whoever holds LRT: a share is worth more from then on.
  const { collateral } = await tokenAccounts(pool, bob.address);
  const gift = await world.act(
    bob,
    getTransferInstruction({
      source: collateral,
      destination: pool.vault,
      authority: bob,
      amount: ONE / 2n,
    }),
    await client.getSweepSurplusInstructionAsync(pool),
  );
  const end = gift.slot + BigInt(world.params.dripSlots);
  assert.deepEqual(event(gift, "SurplusSwept"), {
    lrt: pool.lrt,
    stakePool: pool.stakePool,
    amount: ONE / 2n,
    dripRest: ONE / 2n,
    dripEnd: end,
  });
  await waitFor(cluster, end, "the gift drips");

  const grossShares = (2n * ONE * (3n * ONE + V)) / (3n * ONE + ONE / 2n + V);
  const feeShares = bpsCeil(grossShares, 50n);
  const second = { grossShares, feeShares, netShares: grossShares - feeShares };
  assert.deepEqual(await quote(2n * ONE), second);

  // One share more than that is refused, in the ledger too, and changes nothing but the payer's SOL.
  const before = await world.everything();
  const tooMuch = await world.deposit(bob, 2n * ONE, second.netShares + 1n);
  await world.refuses("SlippageExceeded", bob, tooMuch);
  await world.fails(client.LIQUID_RESTAKING_ERROR__SLIPPAGE_EXCEEDED, bob, tooMuch);
  await world.refuses("ZeroAmount", bob, await world.deposit(bob, 0n));
  const aboveCap = await world.deposit(bob, 500n * ONE - 3n * ONE - ONE / 2n + 1n);
  await world.refuses("DepositCapExceeded", bob, aboveCap);
  assert.deepEqual(await world.everything(), before);

  const again = await world.act(bob, await world.deposit(bob, 2n * ONE, second.netShares));
  const { minted, before: was, after } = event<client.Deposited>(again, "Deposited");
  assert.deepEqual(minted, second);
  assert.deepEqual(was, { supply: 3n * ONE, nav: 3n * ONE + ONE / 2n });
  assert.deepEqual(after, { supply: 3n * ONE + grossShares, nav: 5n * ONE + ONE / 2n });
  assert.deepEqual(await world.held(bob.address), {
    collateral: STOCK - 2n * ONE - ONE / 2n,
    lrt: second.netShares,
  });
  await world.check();

  // Anyone brings the fee wallet its shares.
  await world.supply(world.params.feeWallet, 0n);
  const fees = await tokenAccounts(pool, world.params.feeWallet);
  const collected = await world.act(
    world.stranger,
    await client.getCollectFeesInstructionAsync({
      ...pool,
      feeLrt: fees.lrt,
      feeCollateral: fees.collateral,
      collector: world.stranger,
    }),
  );
  const shares = first.feeShares + feeShares;
  const told = event<client.FeesCollected>(collected, "FeesCollected");
  assert.deepEqual(
    [told.feeWallet, told.shares, told.assets],
    [world.params.feeWallet, shares, 0n],
  );
  assert.deepEqual(await world.held(world.params.feeWallet), { collateral: 0n, lrt: shares });
  assert.equal((await world.read()).lrt.feeShares, 0n);
  await world.check();
});

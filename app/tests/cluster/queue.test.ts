// The queue: request, transfer, cancel, settle, claim, and nothing left behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getTransferInstruction } from "@solana-program/token";
import { fetchEncodedAccount, type Address, type KeyPairSigner } from "@solana/kit";
import * as client from "../../client";
import { CONFIRMED, waitFor } from "../../src/cluster";
import { load } from "../../src/layout";
import { tokenAccounts } from "../../src/lrt";
import { requestWithdraw, settleHead, type Ticket } from "../../src/queue";
import { bpsCeil, event, fixed, ONE, STOCK, V, World } from "./world";

test("tickets are transferred, cancelled, settled at the rate and claimed to the unit", async () => {
  const world = await World.create({ withdrawalFeeBps: 10 });
  const { cluster, pool, alice, bob, stranger } = world;
  const carol = await world.wallet();
  await world.supply(carol.address, 0n);
  await world.act(alice, await world.deposit(alice, 100n * ONE));
  await world.act(bob, await world.deposit(bob, 50n * ONE));

  // A gift of 3 makes a share worth more than a unit.
  const { collateral } = await tokenAccounts(pool, bob.address);
  const gift = await world.act(
    bob,
    getTransferInstruction({
      source: collateral,
      destination: pool.vault,
      authority: bob,
      amount: 3n * ONE,
    }),
    await client.getSweepSurplusInstructionAsync(pool),
  );
  await waitFor(cluster, gift.slot + BigInt(world.params.dripSlots), "the gift drips");
  const [supply, nav] = [150n * ONE, 153n * ONE];

  /** Requests, and compares with the quote and the event. */
  const request = async (owner: KeyPairSigner, shares: bigint): Promise<Ticket> => {
    const quote = await world.ask(
      client.getQuoteWithdrawInstruction({ ...pool, shares }),
      client.getWithdrawQuoteDecoder(),
    );
    const feeShares = bpsCeil(shares, 10n);
    const netShares = shares - feeShares;
    const assetsNow = (netShares * (nav + V)) / (supply + V);
    assert.deepEqual(quote, { feeShares, netShares, assetsNow, dueSlot: quote.dueSlot });
    const { lrt: before } = await world.held(owner.address);
    const ticket = await requestWithdraw(cluster, pool, owner, shares);
    const told = event<client.WithdrawalRequested>(
      await world.told(ticket.signature),
      "WithdrawalRequested",
    );
    // Due when the batch's epoch and one of cooldown are over.
    const dueSlot = (ticket.epoch + 2n) * BigInt(fixed.epochLength);
    assert.deepEqual(
      [told.ticket, told.owner, told.batchEpoch, told.dueSlot],
      [ticket.ticket, owner.address, ticket.epoch, dueSlot],
    );
    assert.deepEqual(told.requested, { feeShares, netShares });
    assert.equal((await world.held(owner.address)).lrt, before - shares);
    return ticket;
  };
  const hers = await request(alice, 10n * ONE);
  const his = await request(bob, 20n * ONE + 1n);
  const regretted = await request(alice, 5n * ONE);
  const shares = async ({ ticket }: Ticket) =>
    (await load(client.fetchWithdrawTicket, cluster, ticket)).shares;
  const [herShares, hisShares, regrettedShares] = [
    await shares(hers),
    await shares(his),
    await shares(regretted),
  ];
  const queued = herShares + hisShares + regrettedShares;
  assert.equal((await world.read()).pool.queued, queued);
  await world.refuses(
    "BatchNotDue",
    stranger,
    await client.getSettleInstructionAsync({ ...pool, batch: hers.batch }),
  );

  // Alice's first ticket becomes Carol's.
  const transfer = await client.getTransferTicketInstructionAsync({
    ticket: hers.ticket,
    owner: alice,
    newOwner: carol.address,
  });
  assert.deepEqual(event(await world.act(alice, transfer), "TicketTransferred"), {
    stakePool: pool.stakePool,
    ticket: hers.ticket,
    old: alice.address,
    new: carol.address,
  });
  await world.refuses("NotTicketOwner", alice, transfer);

  // She takes the second one back: all of it in its own epoch, less the fee once more after that.
  const { lrt: beforeCancel } = await world.held(alice.address);
  const accounts = await tokenAccounts(pool, alice.address);
  const cancelled = await world.act(
    alice,
    await client.getCancelWithdrawInstructionAsync({
      ...pool,
      batch: regretted.batch,
      ticket: regretted.ticket,
      userCollateral: accounts.collateral,
      owner: alice,
      rentPayer: alice.address,
    }),
  );
  const late = cancelled.slot / BigInt(fixed.epochLength) > regretted.epoch;
  const feeAgain = late ? bpsCeil(regrettedShares, 10n) : 0n;
  assert.deepEqual(event(cancelled, "WithdrawalCancelled"), {
    lrt: pool.lrt,
    stakePool: pool.stakePool,
    ticket: regretted.ticket,
    owner: alice.address,
    batchEpoch: regretted.epoch,
    assets: 0n,
    returned: { feeShares: feeAgain, netShares: regrettedShares - feeAgain },
    queued: herShares + hisShares,
  });
  const { lrt: afterCancel } = await world.held(alice.address);
  assert.equal(afterCancel - beforeCancel, regrettedShares - feeAgain);
  await world.check();

  // Whoever waits settles, batch by batch: what is paid leaves the price as it is, but for rounding.
  const due = (await load(client.fetchWithdrawBatch, cluster, his.batch)).dueSlot;
  await waitFor(cluster, due, "the batches become due");
  let [leftSupply, leftNav, settled] = [supply, nav, 0n];
  while ((await world.read()).pool.queueLength > 0) {
    const { signature } = await settleHead(cluster, pool, stranger);
    const told = event<client.BatchSettled>(await world.told(signature), "BatchSettled");
    const assets = (told.shares * (leftNav + V)) / (leftSupply + V);
    assert.deepEqual(told, {
      lrt: pool.lrt,
      stakePool: pool.stakePool,
      batchEpoch: told.batchEpoch,
      shares: told.shares,
      assets,
      leftQueue: true,
      before: { supply: leftSupply, nav: leftNav },
      after: { supply: leftSupply - told.shares, nav: leftNav - assets },
    });
    [leftSupply, leftNav] = [leftSupply - told.shares, leftNav - assets];
    settled += assets;
  }
  assert.equal(leftSupply, supply - herShares - hisShares);
  const { pool: ledger } = await world.read();
  assert.deepEqual([ledger.queued, ledger.claimable], [0n, settled]);
  await world.check();

  // Bob claims; a stranger brings Carol hers, to her own account only.
  const claim = async (
    ticket: Ticket,
    destination: Address,
    claimer: KeyPairSigner,
    paid: Address,
  ) =>
    client.getClaimInstructionAsync({
      ...pool,
      batch: ticket.batch,
      ticket: ticket.ticket,
      destination,
      claimer,
      rentPayer: paid,
    });
  const entitled = async ({ batch }: Ticket, own: bigint) => {
    const { assetsSettled, shares } = await load(client.fetchWithdrawBatch, cluster, batch);
    return (own * assetsSettled) / shares;
  };
  const [hisAssets, herAssets] = [await entitled(his, hisShares), await entitled(hers, herShares)];
  const { collateral: before } = await world.held(bob.address);
  const claimed = await world.act(bob, await claim(his, collateral, bob, bob.address));
  assert.deepEqual(event(claimed, "Claimed"), {
    stakePool: pool.stakePool,
    ticket: his.ticket,
    owner: bob.address,
    destination: collateral,
    batchEpoch: his.epoch,
    assets: hisAssets,
    closed: true,
  });
  assert.equal((await world.held(bob.address)).collateral, before + hisAssets);
  const carols = await tokenAccounts(pool, carol.address);
  const theft = await claim(hers, collateral, stranger, alice.address);
  await world.refuses("NotOwnersAssociatedAccount", stranger, theft);
  await world.act(stranger, await claim(hers, carols.collateral, stranger, alice.address));
  assert.deepEqual(await world.held(carol.address), { collateral: herAssets, lrt: 0n });

  // Nothing is left of tickets and batches; what rounding left of a batch is the holders' again.
  const batches = new Map([hers, his, regretted].map((ticket) => [ticket.batch, ticket]));
  for (const [batch] of batches) {
    const { rentPayer } = await load(client.fetchWithdrawBatch, cluster, batch);
    const close = await client.getCloseBatchInstructionAsync({ ...pool, batch, rentPayer });
    event(await world.act(stranger, close), "BatchClosed");
  }
  for (const key of [hers.ticket, his.ticket, regretted.ticket, ...batches.keys()]) {
    assert.equal((await fetchEncodedAccount(cluster, key, CONFIRMED)).exists, false);
  }
  const end = await world.read();
  const dust = settled - hisAssets - herAssets;
  assert.deepEqual(
    [end.pool.claimable, end.pool.openBatches, end.pool.idle],
    [0n, 0, leftNav + dust],
  );
  assert.equal(
    end.lrt.feeShares,
    bpsCeil(10n * ONE, 10n) + bpsCeil(20n * ONE + 1n, 10n) + bpsCeil(5n * ONE, 10n) + feeAgain,
  );
  const stock = STOCK - 53n * ONE + hisAssets;
  assert.equal((await world.held(bob.address)).collateral, stock);
  await world.check();
});

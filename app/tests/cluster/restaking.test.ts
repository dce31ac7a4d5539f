// Operator and AVS: who they are, their consent, the LRT's acceptance, stake that is delegated, allocated, warms up,
// cools and comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { load } from "../../src/layout";
import { workOf } from "../../src/lrt";
import {
  acceptAvs,
  acceptOperator,
  allocate,
  COMMISSION_BPS,
  delegate,
  optIn,
  postBond,
  registerAvs,
  registerOperator,
} from "./parties";
import { event, ONE, World } from "./world";

test("stake goes to an operator and an AVS, and comes back once it has cooled", async () => {
  const world = await World.create();
  const { cluster, pool, manager, admin, alice, stranger } = world;
  // The shortest exit delay but one: a grid of 3 slots.
  const short = { exitDelay: 21, vetoWindow: 7, executionWindow: 7, slashWindow: 21 };
  const operator = await registerOperator(world);
  const avs = await registerAvs(world, short);
  const work = await workOf(pool, operator.operator, avs.avs);

  const account = await load(client.fetchOperator, cluster, operator.operator);
  assert.deepEqual(
    [account.authority.holder, account.commissionBps, account.delegations],
    [operator.authority.address, COMMISSION_BPS, 0],
  );
  const registered = event<client.OperatorRegistered>(operator.done, "OperatorRegistered");
  assert.equal(registered.uri, "https://operator.example");
  assert.equal(event<client.AvsRegistered>(avs.done, "AvsRegistered").uri, "https://avs.example");
  const service = await load(client.fetchAvs, cluster, avs.avs);
  assert.deepEqual(
    [service.offer.slasher, service.offer.terms.exitDelay],
    [avs.slasher.address, 21n],
  );

  // Acceptance is at once while nobody holds LRT.
  assert.deepEqual(event(await acceptOperator(world, operator, 70n * ONE), "OperatorCapSet"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    old: 0n,
    new: 70n * ONE,
    timelock: { __option: "None" },
  });
  event(await acceptAvs(world, avs), "AvsProposed");
  const accepted = await load(client.fetchPoolAvs, cluster, work.poolAvs);
  assert.deepEqual(
    [accepted.accepted.resolver, accepted.accepted.terms.exitDelay, accepted.timelock.ripeSlot],
    [avs.resolver.address, 21n, 0n],
  );
  assert.equal((await world.read()).pool.avss[0]?.capBps, 10_000);
  const posted = event<client.BondPosted>(await postBond(world, operator, 2n * ONE), "BondPosted");
  assert.deepEqual([posted.amount, posted.bond], [2n * ONE, 2n * ONE]);
  await world.act(alice, await world.deposit(alice, 100n * ONE));

  // Delegation.
  await world.refuses("NotManager", stranger, await delegate(world, work, ONE, stranger));
  await world.refuses("OperatorCapExceeded", manager, await delegate(world, work, 71n * ONE));
  const delegated = await world.act(manager, await delegate(world, work, 60n * ONE));
  assert.deepEqual(event(delegated, "Delegated"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    amount: 60n * ONE,
    active: 60n * ONE,
    idle: 40n * ONE,
  });

  // Allocation: both sides must have opted in, long enough ago.
  await optIn(world, operator, avs, client.Side.Operator);
  await world.refuses("AvsNotOptedIn", manager, await allocate(world, work, 50n * ONE));
  const consent = await optIn(world, operator, avs, client.Side.Avs);
  assert.deepEqual(event(consent, "OptInChanged"), {
    operator: operator.operator,
    avs: avs.avs,
    side: client.Side.Avs,
    holds: true,
  });
  const warmup = BigInt(world.params.warmupSlots);
  await waitFor(cluster, consent.slot + warmup, "the opt-in warms up");
  await world.refuses("AllocationExceedsStake", manager, await allocate(world, work, 61n * ONE));
  const allocated = await world.act(manager, await allocate(world, work, 50n * ONE));
  assert.deepEqual(event(allocated, "Allocated"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    avs: avs.avs,
    amount: 50n * ONE,
    ripened: { warmed: 0n, released: 0n },
    stake: 0n,
    warming: 50n * ONE,
    warmSlot: allocated.slot + warmup,
  });
  await waitFor(cluster, allocated.slot + warmup, "the allocation warms up");
  const release = await client.getReleaseInstructionAsync({ ...pool, ...work });
  const names = { stakePool: pool.stakePool, operator: operator.operator, avs: avs.avs };
  assert.deepEqual(event(await world.act(stranger, release), "StakeReleased"), {
    ...names,
    ripened: { warmed: 50n * ONE, released: 0n },
  });
  const warm = await load(client.fetchAllocation, cluster, work.allocation);
  assert.deepEqual([warm.stake, warm.warming], [50n * ONE, 0n]);
  const { pool: ledger } = await world.read();
  assert.deepEqual(
    [ledger.idle, ledger.delegated, ledger.bonds, ledger.freeing, ledger.avss[0]?.allocated],
    [40n * ONE, 60n * ONE, 2n * ONE, 10n * ONE, 50n * ONE],
  );
  await world.check();

  // Back: 20 of it cool, rounded up to the grid; only what nobody counts on is free.
  const back = await world.act(
    manager,
    await client.getDeallocateInstructionAsync({ ...pool, ...work, manager, amount: 20n * ONE }),
  );
  const releaseSlot = ((back.slot + 21n + 2n) / 3n) * 3n;
  const { taken, stake } = event<client.StakeDeallocated>(back, "StakeDeallocated");
  assert.deepEqual(taken, { fromWarming: 0n, cooling: 20n * ONE, releaseSlot, released: 0n });
  assert.equal(stake, 30n * ONE);
  const undelegate = (amount: bigint) =>
    client.getUndelegateInstructionAsync({ ...pool, ...work, manager, amount });
  await world.refuses("StakeNotFree", manager, await undelegate(10n * ONE + 1n));
  await world.act(manager, await undelegate(10n * ONE));
  await world.refuses("NothingToDo", stranger, release);
  await waitFor(cluster, releaseSlot, "the stake cools");
  assert.deepEqual(event(await world.act(stranger, release), "StakeReleased"), {
    ...names,
    ripened: { warmed: 0n, released: 20n * ONE },
  });
  assert.deepEqual(event(await world.act(manager, await undelegate(20n * ONE)), "Undelegated"), {
    stakePool: pool.stakePool,
    operator: operator.operator,
    amount: 20n * ONE,
    forced: false,
    active: 30n * ONE,
    idle: 70n * ONE,
  });
  assert.equal((await world.read()).lrt.admin.holder, admin.address);
  await world.check();
});

// Slashes: one that the resolver vetoes, and one that anyone executes, the operator's bond first.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { load } from "../../src/layout";
import { NOBODY, type Work } from "../../src/lrt";
import { valueOf } from "../../src/price";
import { restaked, terms } from "./parties";
import { event, ONE, World } from "./world";

test("a vetoed slash costs nothing, an executed one first the bond", async () => {
  const world = await World.create();
  const { cluster, pool, stranger } = world;
  const { avs, operators, works } = await restaked(world, 2, 30n * ONE);
  const [vetoedWork, slashedWork] = works as [Work, Work];
  const proposalAt = async (index: bigint) =>
    (await client.findSlashProposalPda({ poolAvs: vetoedWork.poolAvs, index }))[0];
  const propose = async (work: Work, index: bigint, amount: bigint, slasher = avs.slasher) =>
    client.getProposeSlashInstructionAsync({
      ...pool,
      ...work,
      proposal: await proposalAt(index),
      slasher,
      payer: slasher,
      amount,
      evidence: new Uint8Array(32).fill(7),
      uri: "https://avs.example/evidence",
    });

  // Who may, and how much: half of an allocation in one window.
  await world.refuses("NotSlasher", stranger, await propose(vetoedWork, 0n, ONE, stranger));
  const room = 15n * ONE;
  await world.refuses("SlashExceedsRoom", avs.slasher, await propose(vetoedWork, 0n, room + 1n));

  // Proposed: exits count what no bond covers as lost.
  const first = await proposalAt(0n);
  const proposed = await world.act(avs.slasher, await propose(vetoedWork, 0n, 4n * ONE));
  assert.deepEqual(event(proposed, "SlashProposed"), {
    stakePool: pool.stakePool,
    operator: operators[0]!.operator,
    avs: avs.avs,
    proposal: first,
    index: 0n,
    amount: 4n * ONE,
    executionSlot: proposed.slot + BigInt(terms.vetoWindow),
    expirySlot: proposed.slot + BigInt(terms.vetoWindow + terms.executionWindow),
    uncovered: 3n * ONE,
    evidence: new Uint8Array(32).fill(7),
    uri: "https://avs.example/evidence",
  });
  const veto = (resolver = avs.resolver) =>
    client.getVetoSlashInstructionAsync({ ...pool, ...vetoedWork, proposal: first, resolver });
  await world.refuses("NotResolver", stranger, await veto(stranger));
  const early = { ...pool, ...vetoedWork, proposal: first };
  const execute = await client.getExecuteSlashInstructionAsync(early);
  await world.refuses("VetoWindowRunning", stranger, execute);
  const quote = () =>
    world.ask(
      client.getQuoteWithdrawInstruction({ ...pool, shares: 10n * ONE }),
      client.getWithdrawQuoteDecoder(),
    );
  const disputed = valueOf(10n * ONE, 97n * ONE, 100n * ONE, 9);
  assert.equal(disputed, (10n * ONE * 97n) / 100n);
  assert.equal((await quote()).assetsNow, disputed);

  // Vetoed: nothing is lost, and this allocation is out of reach for a while.
  const vetoed = await world.act(avs.resolver, await veto());
  const open = vetoed.slot - proposed.slot;
  const blocked = open > BigInt(terms.vetoWindow) ? open : BigInt(terms.vetoWindow);
  assert.deepEqual(event(vetoed, "SlashFailed"), {
    stakePool: pool.stakePool,
    operator: operators[0]!.operator,
    avs: avs.avs,
    proposal: first,
    amount: 4n * ONE,
    state: client.SlashState.Vetoed,
    allocationBlockedUntil: vetoed.slot + 4n * blocked,
    poolBlockedUntil: 0n,
    uncovered: 0n,
  });
  assert.equal((await quote()).assetsNow, 10n * ONE);
  const again = await propose(vetoedWork, 1n, 4n * ONE);
  await world.refuses("ProposalBlocked", avs.slasher, again);
  await world.check();

  // The same on the other operator, and nobody vetoes.
  const second = await proposalAt(1n);
  const before = await world.mintSupply(pool.collateralMint);
  const standing = await world.act(avs.slasher, await propose(slashedWork, 1n, 4n * ONE));
  await waitFor(cluster, standing.slot + BigInt(terms.vetoWindow), "the resolver may veto");
  const executed = await world.act(
    stranger,
    await client.getExecuteSlashInstructionAsync({ ...pool, ...slashedWork, proposal: second }),
  );
  assert.deepEqual(event(executed, "SlashExecuted"), {
    stakePool: pool.stakePool,
    operator: operators[1]!.operator,
    avs: avs.avs,
    proposal: second,
    slashed: { fromBond: ONE, fromStake: 3n * ONE, short: 0n },
    destination: NOBODY,
    before: { supply: 100n * ONE, nav: 100n * ONE },
    after: { supply: 100n * ONE, nav: 97n * ONE },
  });
  assert.equal(await world.mintSupply(pool.collateralMint), before - 4n * ONE);
  const delegation = await load(client.fetchDelegation, cluster, slashedWork.delegation);
  assert.deepEqual(
    [delegation.active, delegation.bond, delegation.disputed, delegation.losses],
    [27n * ONE, 0n, 0n, 4n * ONE], // the bond counts as lost
  );
  const allocation = await load(client.fetchAllocation, cluster, slashedWork.allocation);
  assert.equal(allocation.stake, 27n * ONE);
  const { pool: ledger } = await world.read();
  assert.deepEqual([ledger.delegated, ledger.bonds], [57n * ONE, ONE]);
  assert.equal((await quote()).assetsNow, (10n * ONE * 97n) / 100n);

  // What has ended is closed by anyone, its rent back where it came from.
  const rentPayer = avs.slasher.address;
  const done = await world.act(
    stranger,
    await client.getCloseProposalInstructionAsync({ ...vetoedWork, proposal: first, rentPayer }),
    await client.getCloseProposalInstructionAsync({ ...slashedWork, proposal: second, rentPayer }),
  );
  assert.equal(done.events.length, 2);
  await world.check();
});

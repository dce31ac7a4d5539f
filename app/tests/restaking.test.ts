// Accounts, events and answers of the restaking layer, as the built program makes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeToken, findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import * as client from "../client";
import { restaked } from "./restaked";
import { ONE, START } from "./world";

test("operators, AVSs, delegation and rewards: addresses, accounts, events and answers", async () => {
  const {
    world,
    alice,
    send,
    events,
    collateral,
    pool,
    operatorBase,
    avsBase,
    operator,
    avs,
    offer,
    work,
  } = await restaked();

  // What the program made stands where the client says, and reads as it was given.
  const account = world.read(operator, client.decodeOperator);
  assert.deepEqual(
    [
      account.base,
      account.authority.holder,
      account.commissionBps,
      account.delegations,
      account.optIns,
    ],
    [operatorBase.address, alice.address, 500, 1, 1],
  );
  assert.equal(Buffer.from(account.uri).toString().replace(/\0+$/, ""), "op");
  const service = world.read(avs, client.decodeAvs);
  assert.deepEqual([service.base, service.offer.slasher], [avsBase.address, alice.address]);
  assert.deepEqual([service.offer.terms.exitDelay, service.offer.terms.slashCapBps], [300n, 5_000]);
  const optIn = world.read(work.optIn, client.decodeOptInRecord);
  assert.deepEqual(
    [optIn.operator, optIn.avs, optIn.byOperator.sinceSlot, optIn.byAvs.sinceSlot],
    [operator, avs, START, START],
  );
  const delegation = world.read(work.delegation, client.decodeDelegation);
  assert.deepEqual(
    [
      delegation.stakePool,
      delegation.operator,
      delegation.cap.now,
      delegation.active,
      delegation.bond,
    ],
    [pool.stakePool, operator, 500n * ONE, 50n * ONE, ONE],
  );
  assert.deepEqual(delegation.allocations[0], { total: 50n * ONE, cooling: 0n });
  const allocation = world.read(work.allocation, client.decodeAllocation);
  assert.deepEqual(
    [
      allocation.delegation,
      allocation.avs,
      allocation.stake,
      allocation.warming,
      allocation.warmSlot,
    ],
    [work.delegation, avs, 0n, 50n * ONE, START + 20n],
  );
  const ledger = world.read(pool.stakePool, client.decodeStakePool);
  assert.deepEqual([ledger.idle, ledger.delegated, ledger.bonds], [50n * ONE, 50n * ONE, ONE]);
  assert.deepEqual(
    [ledger.avss[0]?.avs, ledger.avss[0]?.allocated, ledger.avss[0]?.capBps],
    [avs, 50n * ONE, 10_000],
  );

  // 2 are paid: 5 % commission, then 10 % fee.
  await send(
    await client.getPayRewardsInstructionAsync({
      ...pool,
      ...work,
      payer: alice,
      collateral: collateral.token,
      amount: 2n * ONE,
    }),
  );
  const { split, isSigned } = events.get("RewardsPaid") as client.RewardsPaid;
  assert.deepEqual(split, { commission: 100_000_000n, fee: 190_000_000n, net: 1_710_000_000n });
  assert.ok(isSigned);
  const acceptance = world.read(work.poolAvs, client.decodePoolAvs);
  assert.deepEqual(
    [acceptance.avs, acceptance.rewards, acceptance.accepted.slasher],
    [avs, split.net, offer.slasher],
  );

  world.svm.warpToSlot(START + 120n); // it has dripped
  const risky = await send(
    client.getRiskReportInstruction({ ...pool, delegation: work.delegation }),
  );
  const risk = client.getRiskReportDecoder().decode(risky.returnData().data());
  assert.deepEqual(
    [risk.nav, risk.delegated, risk.allocated, risk.leverageBps],
    [101_710_000_000n, 50n * ONE, 50n * ONE, 10_000],
  );
  assert.equal(risk.avsLossBps[0], 2_458); // 25 of 101.71, rounded up
  assert.deepEqual(risk.delegation, {
    __option: "Some",
    value: {
      active: 50n * ONE,
      allocated: 50n * ONE,
      leverageBps: 10_000,
      bond: ONE,
      free: 0n,
      freeing: 0n,
    },
  });
  const paid = await send(client.getYieldReportInstruction({ ...pool, poolAvss: [work.poolAvs] }));
  const report = client.getYieldReportDecoder().decode(paid.returnData().data());
  assert.deepEqual([report.commissions, report.rewardFees], [split.commission, split.fee]);
  assert.equal(report.rateIndex, (101_710_000_000n << 64n) / (100n * ONE));
  assert.deepEqual(report.avss, [
    {
      place: 0,
      rewards: split.net,
      losses: 0n,
      rewardIndex: (split.net << 64n) / (100n * ONE),
      lossIndex: 0n,
    },
  ]);

  for (const name of [
    "LrtCreated",
    "StakePoolAdded",
    "OperatorRegistered",
    "AvsRegistered",
    "OptInChanged",
    "OperatorCapSet",
    "AvsProposed",
    "BondPosted",
    "Deposited",
    "Delegated",
    "Allocated",
    "RewardsPaid",
  ]) {
    assert.ok(events.has(name), `no event ${name}`);
  }
  const { uri } = events.get("AvsRegistered") as client.AvsRegistered;
  assert.equal(uri, "avs");
});

test("a slash is vetoed, another one executed", async () => {
  const { world, alice, send, events, pool, work } = await restaked();
  const propose = async (index: bigint, amount: bigint) => {
    const [proposal] = await client.findSlashProposalPda({ poolAvs: work.poolAvs, index });
    await send(
      await client.getProposeSlashInstructionAsync({
        ...pool,
        ...work,
        proposal,
        slasher: alice,
        payer: alice,
        amount,
        evidence: new Uint8Array(32).fill(7),
        uri: "ipfs://evidence",
      }),
    );
    return proposal;
  };

  const vetoed = await propose(0n, 4n * ONE);
  const open = world.read(vetoed, client.decodeSlashProposal);
  assert.deepEqual(
    [open.allocation, open.index, open.amount, open.executionSlot, open.expirySlot, open.state],
    [work.allocation, 0n, 4n * ONE, START + 70n, START + 170n, client.SlashState.Open],
  );
  assert.deepEqual([...open.evidence], Array(32).fill(7));
  assert.equal((events.get("SlashProposed") as client.SlashProposed).uncovered, 3n * ONE);
  // The group of accounts that three instructions share comes out flat.
  await send(
    await client.getVetoSlashInstructionAsync({
      ...pool,
      ...work,
      proposal: vetoed,
      resolver: alice,
    }),
  );
  const failed = events.get("SlashFailed") as client.SlashFailed;
  assert.deepEqual(
    [failed.proposal, failed.state, failed.uncovered],
    [vetoed, client.SlashState.Vetoed, 0n],
  );

  world.svm.warpToSlot(START + 300n); // 4 times the veto window have passed
  const proposal = await propose(1n, 4n * ONE);
  world.svm.warpToSlot(START + 350n);
  await send(await client.getExecuteSlashInstructionAsync({ ...pool, ...work, proposal }));
  const executed = events.get("SlashExecuted") as client.SlashExecuted;
  assert.deepEqual(executed.slashed, { fromBond: ONE, fromStake: 3n * ONE, short: 0n });
  assert.deepEqual([executed.before.nav, executed.after.nav], [100n * ONE, 97n * ONE]);
  assert.equal(world.read(proposal, client.decodeSlashProposal).state, client.SlashState.Executed);
  await send(
    await client.getCloseProposalInstructionAsync({ ...work, proposal, rentPayer: alice.address }),
  );
  assert.ok(events.has("SlashProposalClosed"));
});

test("LRT staked in the reward book shares a stream", async () => {
  const { world, alice, send, events, pool } = await restaked();
  const reward = await world.collateral(alice, 10n * ONE);
  const [book] = await client.findRewardBookPda(pool);
  const [position] = await client.findRewardPositionPda({ book, owner: alice.address });
  const [streamVault] = await client.findStreamVaultPda({ book, place: 3 });
  const [bookVault] = await client.findRewardVaultPda({ book });
  const [userLrt] = await findAssociatedTokenPda({
    owner: alice.address,
    mint: pool.lrtMint,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  const stream = { book, place: 3, rewardTokenProgram: TOKEN_PROGRAM_ADDRESS };
  await send(
    await client.getCreateRewardBookInstructionAsync({ ...pool, admin: alice, payer: alice }),
    await client.getAddStreamInstructionAsync({
      ...pool,
      ...stream,
      admin: alice,
      payer: alice,
      rewardMint: reward.mint,
      slots: 100,
      allowFreeze: false,
    }),
    await client.getStakePositionInstructionAsync({
      book,
      userLrt,
      owner: alice,
      payer: alice,
      shares: 40n * ONE,
    }),
  );
  await send(
    await client.getFundStreamInstructionAsync({
      ...stream,
      source: reward.token,
      funder: alice,
      amount: 10n * ONE,
    }),
  );
  world.svm.warpToSlot(START + 200n);
  await send(
    await client.getClaimStreamInstructionAsync({
      ...stream,
      position,
      destination: reward.token,
      claimer: alice,
    }),
  );

  const held = world.read(book, client.decodeRewardBook);
  assert.deepEqual(
    [
      held.lrt,
      held.vault,
      held.staked,
      held.positions,
      held.streams[3]?.mint,
      held.streams[3]?.vault,
    ],
    [pool.lrt, bookVault, 40n * ONE, 1n, reward.mint, streamVault],
  );
  assert.equal(world.read(bookVault, decodeToken).amount, 40n * ONE);
  const mine = world.read(position, client.decodeRewardPosition);
  assert.deepEqual([mine.book, mine.owner, mine.shares], [book, alice.address, 40n * ONE]);
  const { amount, place } = events.get("StreamClaimed") as client.StreamClaimed;
  assert.equal(place, 3);
  assert.ok(amount > 9_999_999_990n && amount <= 10n * ONE, `${amount}`);
  assert.equal(world.read(reward.token, decodeToken).amount, amount);
  for (const name of ["RewardBookCreated", "StreamAdded", "PositionChanged", "StreamFunded"]) {
    assert.ok(events.has(name), `no event ${name}`);
  }
});

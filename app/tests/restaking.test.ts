// Addresses, accounts, events and answers of the restaking layer, as the built program makes them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  generateKeyPairSigner,
  getAddressEncoder,
  getProgramDerivedAddress,
  type Address,
  type Decoder,
  type Instruction,
} from "@solana/kit";
import {
  decodeToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import * as client from "../client";
import { createLrtWithPool, findPool, NATIVE_MINT } from "../src/create";
import { NOBODY, workOf, type Pool } from "../src/lrt";
import { FIXED, ONE, PARAMS, START, World } from "./world";

const idl = JSON.parse(
  readFileSync(new URL("../../idl/liquid_restaking.json", import.meta.url), "utf8"),
) as {
  instructions: { name: string }[];
  accounts: { name: string }[];
  events: { name: string; discriminator: number[] }[];
};
const exported = client as unknown as Record<string, unknown>;
/** Marks a call of the program to itself as an event. */
const EVENT = "e445a52e51cb9a1d";

/** Every event of a transaction, by name, as the client decodes it. */
function eventsOf(sent: Awaited<ReturnType<World["send"]>>): [string, unknown][] {
  return sent
    .innerInstructions()
    .flat()
    .map((inner) => Buffer.from(inner.instruction().data()))
    .filter((data) => data.subarray(0, 8).toString("hex") === EVENT)
    .map((data) => {
      const mark = data.subarray(8, 16);
      const event = idl.events.find(({ discriminator }) => mark.equals(Buffer.from(discriminator)));
      assert.ok(event, `an event that the IDL does not know: ${mark.toString("hex")}`);
      const decoder = exported[`get${event.name}Decoder`] as () => Decoder<unknown>;
      const [value, end] = decoder().read(data, 8);
      assert.equal(end, data.length, `${event.name} is not decoded to its end`);
      return [event.name, value];
    });
}

/** An LRT of Alice's, with operator and AVS that she plays too. */
async function restaked() {
  const world = new World();
  const alice = await world.wallet();
  const events = new Map<string, unknown>();
  const send = async (...instructions: Instruction[]) => {
    const sent = await world.send(alice, ...instructions);
    for (const [name, value] of eventsOf(sent)) events.set(name, value);
    return sent;
  };
  const collateral = await world.collateral(alice, 1_000n * ONE);
  const lrtMint = await generateKeyPairSigner();
  const keys = await findPool(lrtMint.address, collateral.mint);
  const pool: Pool = { ...keys, collateralTokenProgram: TOKEN_PROGRAM_ADDRESS, decimals: 9 };
  await send(
    ...(await createLrtWithPool({
      lrtMint,
      admin: alice,
      payer: alice,
      collateralMint: collateral.mint,
      depositCap: 1_000n * ONE,
      allowFreeze: false,
      args: {
        manager: alice.address,
        guardian: alice.address,
        fixed: FIXED,
        params: { ...PARAMS, rewardFeeBps: 1_000, feeWallet: alice.address },
      },
    })),
  );

  const [operatorBase, avsBase] = [await generateKeyPairSigner(), await generateKeyPairSigner()];
  const [operator] = await client.findOperatorPda({ base: operatorBase.address });
  const [avs] = await client.findAvsPda({ base: avsBase.address });
  const work = await workOf(pool, operator, avs);
  const by = { authority: alice, payer: alice };
  const offer = {
    slasher: alice.address,
    resolver: alice.address,
    destination: NOBODY,
    terms: {
      exitDelay: 300,
      vetoWindow: 50,
      executionWindow: 100,
      slashWindow: 300,
      slashCapBps: 5_000,
    },
  };
  await send(
    await client.getRegisterOperatorInstructionAsync({
      base: operatorBase,
      ...by,
      commissionBps: 500,
      uri: "op",
    }),
    await client.getRegisterAvsInstructionAsync({ base: avsBase, ...by, offer, uri: "avs" }),
  );
  await send(
    await client.getOptInInstructionAsync({ operator, avs, ...by, side: client.Side.Operator }),
    await client.getOptInInstructionAsync({ operator, avs, ...by, side: client.Side.Avs }),
    await client.getSetOperatorCapInstructionAsync({
      ...pool,
      operator,
      admin: alice,
      payer: alice,
      cap: 500n * ONE,
    }),
    await client.getProposeAvsInstructionAsync({
      ...pool,
      avs,
      admin: alice,
      payer: alice,
      capBps: 10_000,
    }),
  );
  await send(
    await client.getPostBondInstructionAsync({
      ...pool,
      operator,
      authority: alice,
      collateral: collateral.token,
      amount: ONE,
    }),
    await getCreateAssociatedTokenIdempotentInstructionAsync({
      payer: alice,
      owner: alice.address,
      mint: lrtMint.address,
    }),
    await client.getDepositInstructionAsync({
      ...pool,
      depositor: alice,
      userCollateral: collateral.token,
      amount: 100n * ONE,
      minShares: 0,
    }),
  );
  world.svm.warpToSlot(START + 10n); // the opt-in is warm
  await send(
    await client.getDelegateInstructionAsync({
      ...pool,
      ...work,
      manager: alice,
      amount: 50n * ONE,
    }),
    await client.getAllocateInstructionAsync({
      ...pool,
      ...work,
      manager: alice,
      payer: alice,
      amount: 50n * ONE,
    }),
  );
  world.svm.warpToSlot(START + 20n); // so is the allocation
  return {
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
  };
}

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

test("wrapped SOL gets a sink", async () => {
  const world = new World();
  world.svm.withNativeMints();
  const alice = await world.wallet();
  const lrtMint = await generateKeyPairSigner();
  const { stakePool } = await findPool(lrtMint.address, NATIVE_MINT);
  await world.send(
    alice,
    ...(await createLrtWithPool({
      lrtMint,
      admin: alice,
      payer: alice,
      collateralMint: NATIVE_MINT,
      depositCap: ONE,
      allowFreeze: false,
      args: {
        manager: alice.address,
        guardian: alice.address,
        fixed: FIXED,
        params: { ...PARAMS, feeWallet: alice.address },
      },
    })),
  );
  const [sink] = await client.findSinkPda({ stakePool });
  const { mint, owner } = world.read(sink, decodeToken);
  assert.deepEqual([mint, owner], [NATIVE_MINT, sink]);
});

test("the seeds of every address are those of the Rust SDK", async () => {
  const text = (seed: string) => new TextEncoder().encode(seed);
  const number = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return Uint8Array.from(bytes);
  };
  const keys = await Promise.all([1, 2].map(async () => (await generateKeyPairSigner()).address));
  const [a, b] = keys as [Address, Address];
  const key = (address: Address) => Uint8Array.from(getAddressEncoder().encode(address));
  // sdk/src/address.rs
  const expected: [Promise<readonly [Address, number]>, Uint8Array[]][] = [
    [client.findLrtPda({ lrtMint: a }), [text("lrt"), key(a)]],
    [client.findStakePoolPda({ lrt: a, collateralMint: b }), [text("stake_pool"), key(a), key(b)]],
    [client.findVaultPda({ stakePool: a }), [text("vault"), key(a)]],
    [
      client.findWithdrawBatchPda({ stakePool: a, epoch: 258 }),
      [text("batch"), key(a), number(258n)],
    ],
    [
      client.findWithdrawTicketPda({ stakePool: a, owner: b, nonce: 7n }),
      [text("ticket"), key(a), key(b), number(7n)],
    ],
    [client.findOperatorPda({ base: a }), [text("operator"), key(a)]],
    [client.findAvsPda({ base: a }), [text("avs"), key(a)]],
    [client.findOptInRecordPda({ operator: a, avs: b }), [text("opt_in"), key(a), key(b)]],
    [client.findPoolAvsPda({ stakePool: a, avs: b }), [text("pool_avs"), key(a), key(b)]],
    [client.findDelegationPda({ stakePool: a, operator: b }), [text("delegation"), key(a), key(b)]],
    [client.findAllocationPda({ delegation: a, avs: b }), [text("allocation"), key(a), key(b)]],
    [client.findSlashProposalPda({ poolAvs: a, index: 3 }), [text("slash"), key(a), number(3n)]],
    [client.findSinkPda({ stakePool: a }), [text("sink"), key(a)]],
    [client.findRewardBookPda({ lrt: a }), [text("reward_book"), key(a)]],
    [client.findRewardVaultPda({ book: a }), [text("reward_vault"), key(a)]],
    [client.findStreamVaultPda({ book: a, place: 5 }), [text("stream"), key(a), Uint8Array.of(5)]],
    [client.findRewardPositionPda({ book: a, owner: b }), [text("position"), key(a), key(b)]],
    [client.findEventAuthorityPda(), [text("__event_authority")]],
  ];
  for (const [found, seeds] of expected) {
    const programAddress = client.LIQUID_RESTAKING_PROGRAM_ADDRESS;
    assert.deepEqual(await found, await getProgramDerivedAddress({ programAddress, seeds }));
  }
  const finders = Object.keys(client).filter((name) => /^find\w+Pda$/.test(name));
  assert.equal(finders.length, expected.length);
});

test("everything in the IDL is in the client", () => {
  const capital = (name: string) =>
    name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const { name } of idl.instructions) {
    assert.ok(exported[`get${capital(name)}InstructionDataDecoder`], name);
  }
  for (const { name } of idl.accounts) {
    const renamed = name === "OptIn" ? "OptInRecord" : name;
    assert.ok(exported[`decode${renamed}`] && exported[`find${renamed}Pda`], name);
  }
  for (const { name } of idl.events) assert.ok(exported[`get${name}Decoder`], name);
});

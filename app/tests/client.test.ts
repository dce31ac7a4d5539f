// The generated client against the built program on an embedded VM.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPairSigner } from "@solana/kit";
import {
  decodeMint,
  decodeToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { FailedTransactionMetadata } from "litesvm";
import {
  decodeLrt,
  decodeStakePool,
  decodeWithdrawBatch,
  decodeWithdrawTicket,
  findWithdrawBatchPda,
  findWithdrawTicketPda,
  getAccrueInstructionAsync,
  getCheckInvariantsInstructionAsync,
  getDepositedDecoder,
  getDepositInstructionAsync,
  getInvariantReportDecoder,
  getLiquidRestakingErrorMessage,
  getMintedDecoder,
  getQuoteDepositInstruction,
  getRequestWithdrawInstructionAsync,
  getSweepSurplusInstructionAsync,
  LIQUID_RESTAKING_ERROR__DEPOSIT_CAP_EXCEEDED,
} from "../client";
import { createLrtWithPool, findPool } from "../src/create";
import { parseTokens, pricesAt, tokens } from "../src/price";
import { FIXED, ONE, PARAMS, START, World } from "./world";

test("an LRT is created, takes a deposit, queues a withdrawal and drips a surplus", async () => {
  const world = new World();
  const alice = await world.wallet();
  const collateral = await world.collateral(alice, 5n * ONE);

  // Alice runs the LRT and is its first holder. Deposit fee 0.5 %.
  const lrtMint = await generateKeyPairSigner();
  const keys = await findPool(lrtMint.address, collateral.mint);
  const creation = await createLrtWithPool({
    lrtMint,
    admin: alice,
    payer: alice,
    collateralMint: collateral.mint,
    depositCap: 4n * ONE,
    allowFreeze: false,
    args: {
      manager: alice.address,
      guardian: alice.address,
      fixed: FIXED,
      params: { ...PARAMS, feeWallet: alice.address, depositFeeBps: 50 },
    },
  });
  await world.send(alice, ...creation);

  const created = world.read(keys.lrt, decodeLrt);
  assert.equal(created.mint, lrtMint.address);
  assert.equal(created.admin.holder, alice.address);
  assert.equal(created.pools[0]?.stakePool, keys.stakePool);
  assert.equal(created.poolCount, 1);
  assert.equal(created.params.depositFeeBps, 50);
  assert.equal(created.params.timelockSlots, 1_043n);
  const pool = world.read(keys.stakePool, decodeStakePool);
  assert.deepEqual(
    [pool.lrt, pool.vault, pool.depositCap.now, pool.freezable, pool.row],
    [keys.lrt, keys.vault, 4n * ONE, 0, 0],
  );
  const mint = world.read(lrtMint.address, decodeMint);
  assert.deepEqual(
    [mint.decimals, mint.supply, mint.mintAuthority],
    [9, 0n, { __option: "Some", value: keys.lrt }],
  );

  // A deposit of 3: 0.015 LRT are the fee's, 2.985 Alice's.
  const [userLrt] = await findAssociatedTokenPda({
    owner: alice.address,
    mint: lrtMint.address,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  const deposit = (amount: bigint, minShares: bigint) =>
    getDepositInstructionAsync({
      stakePool: keys.stakePool,
      lrtMint: lrtMint.address,
      userCollateral: collateral.token,
      depositor: alice,
      collateralTokenProgram: TOKEN_PROGRAM_ADDRESS,
      amount,
      minShares,
    });
  const quote = await world.send(
    alice,
    getQuoteDepositInstruction({
      lrt: keys.lrt,
      stakePool: keys.stakePool,
      amount: 3n * ONE,
    }),
  );
  const minted = getMintedDecoder().decode(quote.returnData().data());
  assert.deepEqual(minted, {
    grossShares: 3_000_000_000n,
    feeShares: 15_000_000n,
    netShares: 2_985_000_000n,
  });
  const deposited = await world.send(
    alice,
    await getCreateAssociatedTokenIdempotentInstructionAsync({
      payer: alice,
      owner: alice.address,
      mint: lrtMint.address,
    }),
    await deposit(3n * ONE, minted.netShares),
  );

  assert.equal(world.read(userLrt, decodeToken).amount, 2_985_000_000n);
  assert.equal(world.read(keys.vault, decodeToken).amount, 3n * ONE);
  assert.equal(world.read(collateral.token, decodeToken).amount, 2n * ONE);
  const lrt = world.read(keys.lrt, decodeLrt);
  assert.deepEqual([lrt.supply, lrt.feeShares], [3n * ONE, 15_000_000n]);
  assert.equal(world.read(keys.stakePool, decodeStakePool).idle, 3n * ONE);
  assert.deepEqual(pricesAt(lrt, START), {
    supply: 3n * ONE,
    nav: 3n * ONE,
    exitNav: 3n * ONE,
    rate: ONE,
    dripped: 0n,
    dripping: 0n,
  });

  // The event: the program's call to itself, after the eight bytes that mark it as one.
  const event = deposited
    .innerInstructions()
    .flat()
    .map((inner) => inner.instruction().data())
    .find((data) => data.length > 8 + 8 + 96);
  assert.ok(event, "no event");
  const { before, after, amount } = getDepositedDecoder().decode(event, 8);
  assert.equal(amount, 3n * ONE);
  assert.deepEqual(before, { supply: 0n, nav: 0n });
  assert.deepEqual(after, { supply: 3n * ONE, nav: 3n * ONE });

  // Above the cap of 4 the program refuses, by its own error.
  const refused = await world.try(alice, [await deposit(ONE + 1n, 0n)]);
  assert.ok(refused instanceof FailedTransactionMetadata);
  assert.match(
    refused.meta().logs().join("\n"),
    new RegExp(
      `0x${LIQUID_RESTAKING_ERROR__DEPOSIT_CAP_EXCEEDED.toString(16)}\\b|Error Number: ${LIQUID_RESTAKING_ERROR__DEPOSIT_CAP_EXCEEDED}\\b`,
    ),
  );
  assert.ok(getLiquidRestakingErrorMessage(LIQUID_RESTAKING_ERROR__DEPOSIT_CAP_EXCEEDED));

  // One LRT into the queue: due when epoch 10 and two epochs of cooldown are over.
  const [batch] = await findWithdrawBatchPda({
    stakePool: keys.stakePool,
    epoch: 10,
  });
  const [ticket] = await findWithdrawTicketPda({
    stakePool: keys.stakePool,
    owner: alice.address,
    nonce: 7,
  });
  await world.send(
    alice,
    await getRequestWithdrawInstructionAsync({
      stakePool: keys.stakePool,
      lrtMint: lrtMint.address,
      owner: alice,
      payer: alice,
      shares: ONE,
      nonce: 7,
      epoch: 10,
    }),
  );
  const queued = world.read(batch, decodeWithdrawBatch);
  assert.deepEqual([queued.shares, queued.dueSlot], [ONE, 1_300n]);
  assert.equal(world.read(ticket, decodeWithdrawTicket).shares, ONE);
  assert.equal(world.read(userLrt, decodeToken).amount, 1_985_000_000n);

  // Half a token more in the vault drips to the holders: what the client shows is what `accrue` then books.
  const accounts = { stakePool: keys.stakePool, lrt: keys.lrt };
  await world.send(
    alice,
    getTransferInstruction({
      source: collateral.token,
      destination: keys.vault,
      authority: alice,
      amount: ONE / 2n,
    }),
    await getSweepSurplusInstructionAsync(accounts),
  );
  world.svm.warpToSlot(START + 30n);
  const shown = pricesAt(world.read(keys.lrt, decodeLrt), START + 30n);
  assert.equal(shown.nav, 3_150_000_000n);
  // 10^9 · (3.15 · 10^9 + V) / (3 · 10^9 + V), V = 10^6
  assert.equal(shown.rate, 1_049_983_338n);
  await world.send(alice, await getAccrueInstructionAsync(accounts));
  const accrued = world.read(keys.lrt, decodeLrt);
  assert.equal(accrued.pools[0]?.assets, 3_150_000_000n);
  assert.deepEqual([shown.dripped, shown.dripping], [(ONE * 3n) / 20n, (ONE * 7n) / 20n]);
  assert.deepEqual(pricesAt(accrued, START + 30n), { ...shown, dripped: 0n });

  const checked = await world.send(
    alice,
    await getCheckInvariantsInstructionAsync({
      stakePool: keys.stakePool,
      lrtMint: lrtMint.address,
    }),
  );
  assert.deepEqual(getInvariantReportDecoder().decode(checked.returnData().data()), {
    vaultBalance: 3_500_000_000n,
    ledger: 3_500_000_000n,
    surplus: 0n,
    mintSupply: 1_985_000_000n,
    feeShares: 15_000_000n,
    queued: ONE,
    supply: 3n * ONE,
  });
});

test("amounts are written as people write them", () => {
  assert.deepEqual(
    [0n, 1n, 1_500_000_000n, 12n * ONE].map((amount) => tokens(amount, 9)),
    ["0", "0.000000001", "1.5", "12"],
  );
  assert.deepEqual(
    ["0", "0.000000001", "1.5", "12"].map((text) => parseTokens(text, 9, "amount")),
    [0n, 1n, 1_500_000_000n, 12n * ONE],
  );
  for (const text of ["", "-1", "1.", ".5", "1e9", "0.0000000001"]) {
    assert.throws(() => parseTokens(text, 9, "amount"), /no amount/);
  }
});

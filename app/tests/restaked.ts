// An LRT on the embedded VM with an operator, an AVS and stake between them.
import { generateKeyPairSigner, type Instruction } from "@solana/kit";
import {
  getCreateAssociatedTokenIdempotentInstructionAsync,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import * as client from "../client";
import { createLrtWithPool, findPool } from "../src/create";
import { NOBODY, workOf, type Pool } from "../src/lrt";
import { eventsIn } from "./events";
import { FIXED, ONE, PARAMS, START, World } from "./world";

const eventsOf = (sent: Awaited<ReturnType<World["send"]>>) =>
  eventsIn(
    sent
      .innerInstructions()
      .flat()
      .map((inner) => inner.instruction().data()),
  );

/** An LRT of Alice's, with operator and AVS that she plays too. */
export async function restaked() {
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

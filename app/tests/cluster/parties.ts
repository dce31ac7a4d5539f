// Operators and AVSs of a test, each with wallets of its own.
import { generateKeyPairSigner, type Address, type KeyPairSigner } from "@solana/kit";
import * as client from "../../client";
import { waitFor } from "../../src/cluster";
import { NOBODY, tokenAccounts, workOf, type Work } from "../../src/lrt";
import { ONE, type Done, type World } from "./world";

export const COMMISSION_BPS = 500;

export const terms = {
  exitDelay: 90,
  vetoWindow: 30,
  executionWindow: 30,
  slashWindow: 90,
  slashCapBps: 5_000,
};

export type Operator = { operator: Address; authority: KeyPairSigner; done: Done };
export type Avs = {
  avs: Address;
  authority: KeyPairSigner;
  slasher: KeyPairSigner;
  resolver: KeyPairSigner;
  offer: client.AvsOfferArgs;
  done: Done;
};

export async function registerOperator(world: World): Promise<Operator> {
  const [authority, base] = [await world.wallet(), await generateKeyPairSigner()];
  const [operator] = await client.findOperatorPda({ base: base.address });
  const register = await client.getRegisterOperatorInstructionAsync({
    base,
    authority,
    payer: authority,
    commissionBps: COMMISSION_BPS,
    uri: "https://operator.example",
  });
  return { operator, authority, done: await world.act(authority, register) };
}

export async function registerAvs(world: World, own: Partial<typeof terms> = {}): Promise<Avs> {
  const base = await generateKeyPairSigner();
  const [authority, slasher, resolver] = [
    await world.wallet(),
    await world.wallet(),
    await world.wallet(),
  ];
  const [avs] = await client.findAvsPda({ base: base.address });
  const offer = {
    slasher: slasher.address,
    resolver: resolver.address,
    destination: NOBODY, // what is slashed is burned
    terms: { ...terms, ...own },
  };
  const register = await client.getRegisterAvsInstructionAsync({
    base,
    authority,
    payer: authority,
    offer,
    uri: "https://avs.example",
  });
  const done = await world.act(authority, register);
  return { avs, authority, slasher, resolver, offer, done };
}

/** The admin accepts an operator up to a cap: at once, while nobody holds LRT. */
export const acceptOperator = async (world: World, { operator }: Operator, cap: bigint) =>
  world.act(
    world.admin,
    await client.getSetOperatorCapInstructionAsync({
      ...world.pool,
      operator,
      admin: world.admin,
      payer: world.admin,
      cap,
    }),
  );

/** The admin accepts an AVS. */
export const acceptAvs = async (world: World, { avs }: Avs, capBps = 10_000) =>
  world.act(
    world.admin,
    await client.getProposeAvsInstructionAsync({
      ...world.pool,
      avs,
      admin: world.admin,
      payer: world.admin,
      capBps,
    }),
  );

/** One side's consent. */
export const optIn = async (world: World, operator: Operator, avs: Avs, side: client.Side) => {
  const { authority } = side === client.Side.Operator ? operator : avs;
  const names = { operator: operator.operator, avs: avs.avs, side };
  return world.act(
    authority,
    await client.getOptInInstructionAsync({ ...names, authority, payer: authority }),
  );
};

export async function postBond(world: World, { operator, authority }: Operator, amount: bigint) {
  await world.supply(authority.address, amount);
  const { collateral } = await tokenAccounts(world.pool, authority.address);
  return world.act(
    authority,
    await client.getPostBondInstructionAsync({
      ...world.pool,
      operator,
      authority,
      collateral,
      amount,
    }),
  );
}

export const delegate = async (world: World, work: Work, amount: bigint, manager = world.manager) =>
  client.getDelegateInstructionAsync({ ...world.pool, ...work, manager, amount });

export const allocate = async (world: World, work: Work, amount: bigint) =>
  client.getAllocateInstructionAsync({
    ...world.pool,
    ...work,
    manager: world.manager,
    payer: world.manager,
    amount,
  });

/** Operators who have opted in to an AVS, with a bond of 1 each, in a pool that has accepted them and holds 100 of
 * Alice's, of which each has `stake`, allocated and warm. */
export async function restaked(world: World, operatorCount: number, stake: bigint) {
  const avs = await registerAvs(world);
  await acceptAvs(world, avs);
  const operators: Operator[] = [];
  for (let i = 0; i < operatorCount; i++) {
    const operator = await registerOperator(world);
    await acceptOperator(world, operator, 100n * ONE);
    await optIn(world, operator, avs, client.Side.Operator);
    await optIn(world, operator, avs, client.Side.Avs);
    await postBond(world, operator, ONE);
    operators.push(operator);
  }
  await world.act(world.alice, await world.deposit(world.alice, 100n * ONE));
  const works = await Promise.all(
    operators.map(({ operator }) => workOf(world.pool, operator, avs.avs)),
  );
  const warmup = BigInt(world.params.warmupSlots);
  const now = (await world.read()).slot;
  await waitFor(world.cluster, now + warmup, "the opt-ins warm up");
  let last = 0n;
  for (const work of works) {
    last = (
      await world.act(
        world.manager,
        await delegate(world, work, stake),
        await allocate(world, work, stake),
      )
    ).slot;
  }
  await waitFor(world.cluster, last + warmup, "the allocations warm up");
  return { avs, operators, works };
}

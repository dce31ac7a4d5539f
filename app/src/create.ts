// What creates an LRT with its stake pool.
import { address, type Address, type Instruction, type TransactionSigner } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import {
  fetchLrt,
  fetchStakePool,
  findLrtPda,
  findSinkPda,
  findStakePoolPda,
  findVaultPda,
  getAddStakePoolInstructionAsync,
  getCreateLrtInstructionAsync,
  type CreateLrtInstructionDataArgs,
} from "../client";
import type { Cluster } from "./cluster";
import { load } from "./layout";
import { send } from "./send";

/** Wrapped SOL: slashed, it can not be burned. */
export const NATIVE_MINT = address("So11111111111111111111111111111111111111112");

export type Creation = {
  /** A fresh key: its address becomes the LRT's mint. */
  lrtMint: TransactionSigner;
  admin: TransactionSigner;
  payer: TransactionSigner;
  collateralMint: Address;
  /** SPL Token where none is given. */
  collateralTokenProgram?: Address;
  args: CreateLrtInstructionDataArgs;
  /** No deposit may raise the pool's assets above it, in base units. */
  depositCap: bigint;
  /** Whether a collateral with a freeze authority is taken. */
  allowFreeze: boolean;
};

export type PoolAddresses = {
  lrtMint: Address;
  lrt: Address;
  collateralMint: Address;
  stakePool: Address;
  vault: Address;
};

/** Where an LRT and its pool are. */
export async function findPool(lrtMint: Address, collateralMint: Address): Promise<PoolAddresses> {
  const [lrt] = await findLrtPda({ lrtMint });
  const [stakePool] = await findStakePoolPda({ lrt, collateralMint });
  const [vault] = await findVaultPda({ stakePool });
  return { lrtMint, lrt, collateralMint, stakePool, vault };
}

/** Both instructions: they fit one transaction, so there is never an LRT without its pool. */
export async function createLrtWithPool(creation: Creation): Promise<Instruction[]> {
  const { lrtMint, admin, payer, collateralMint, args } = creation;
  const { lrt, stakePool } = await findPool(lrtMint.address, collateralMint);
  return [
    await getCreateLrtInstructionAsync({ lrtMint, admin, payer, ...args }),
    await getAddStakePoolInstructionAsync({
      lrt,
      admin,
      payer,
      collateralMint,
      // Where slashed wrapped SOL goes; any other collateral is burned.
      sink: collateralMint === NATIVE_MINT ? (await findSinkPda({ stakePool }))[0] : undefined,
      collateralTokenProgram: creation.collateralTokenProgram ?? TOKEN_PROGRAM_ADDRESS,
      depositCap: creation.depositCap,
      allowFreeze: creation.allowFreeze,
    }),
  ];
}

/** Creates both, reads them back and says where they are. */
export async function createOn(cluster: Cluster, creation: Creation) {
  const keys = await findPool(creation.lrtMint.address, creation.collateralMint);
  const instructions = await createLrtWithPool(creation);
  const signature = await send(cluster, creation.payer, instructions);
  const lrt = await load(fetchLrt, cluster, keys.lrt);
  const pool = await load(fetchStakePool, cluster, keys.stakePool);
  if (lrt.pools[0]?.stakePool !== keys.stakePool || pool.lrt !== keys.lrt) {
    throw new Error("the LRT and its pool do not name each other");
  }
  if (pool.depositCap.now !== creation.depositCap) {
    throw new Error(
      `the cap reads ${pool.depositCap.now}, not ${creation.depositCap}: is the client older than the program?`,
    );
  }
  return { keys, lrt, pool, signature };
}

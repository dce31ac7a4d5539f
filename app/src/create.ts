// What creates an LRT with its stake pool.
import {
  type Address,
  type Instruction,
  type TransactionSigner,
} from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import {
  findLrtPda,
  findStakePoolPda,
  findVaultPda,
  getAddStakePoolInstructionAsync,
  getCreateLrtInstructionAsync,
  type CreateLrtInstructionDataArgs,
} from "../client";

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
export async function findPool(
  lrtMint: Address,
  collateralMint: Address,
): Promise<PoolAddresses> {
  const [lrt] = await findLrtPda({ lrtMint });
  const [stakePool] = await findStakePoolPda({ lrt, collateralMint });
  const [vault] = await findVaultPda({ stakePool });
  return { lrtMint, lrt, collateralMint, stakePool, vault };
}

/** Both instructions: they fit one transaction, so there is never an LRT without its pool. */
export async function createLrtWithPool(
  creation: Creation,
): Promise<Instruction[]> {
  const { lrtMint, admin, payer, collateralMint, args } = creation;
  const { lrt } = await findPool(lrtMint.address, collateralMint);
  return [
    await getCreateLrtInstructionAsync({ lrtMint, admin, payer, ...args }),
    await getAddStakePoolInstructionAsync({
      lrt,
      admin,
      payer,
      collateralMint,
      collateralTokenProgram:
        creation.collateralTokenProgram ?? TOKEN_PROGRAM_ADDRESS,
      depositCap: creation.depositCap,
      allowFreeze: creation.allowFreeze,
    }),
  ];
}

// The parameter file of an LRT (migrations/localnet.json) and what it means.
import { address, generateKeyPairSigner, type TransactionSigner } from "@solana/kit";
import { readFile } from "node:fs/promises";
import type { FixedParamsArgs, ParamsArgs } from "../client";
import { mustHaveProgram, type Cluster } from "./cluster";
import { createTestTokens } from "./collateral";
import type { Creation } from "./create";

/** A role's or wallet's address, or `payer` for whoever deploys. */
type Who = string;

/** How many whole test tokens are made. */
const TEST_TOKENS = 1_000_000n;

export type Parameters = {
  /** `mint` is an address, or `test` for a fresh mint of worthless tokens. */
  collateral: { mint: string; tokenProgram: string; allowFreeze: boolean };
  /** In whole tokens. */
  depositCap: number;
  roles: { manager: Who; guardian: Who; feeWallet: Who };
  fixed: Omit<FixedParamsArgs, "padding">;
  params: Omit<ParamsArgs, "feeWallet">;
};

/** Reads the file. Whoever pays becomes the admin; the LRT's mint gets a fresh key, a collateral `test` a mint of its own. */
export async function readCreation(
  cluster: Cluster,
  file: string,
  payer: TransactionSigner,
): Promise<Creation> {
  const { collateral, depositCap, roles, fixed, params } = await readParameters(file);
  if (!Number.isSafeInteger(depositCap) || depositCap < 0) {
    throw new Error(`depositCap is not a whole number of tokens: ${depositCap}`);
  }
  await mustHaveProgram(cluster); // before anything is made on the wrong one
  const who = (name: Who) => (name === "payer" ? payer.address : address(name));
  const collateralMint =
    collateral.mint === "test"
      ? await createTestTokens(
          cluster,
          payer,
          fixed.decimals,
          TEST_TOKENS * 10n ** BigInt(fixed.decimals),
        )
      : address(collateral.mint);
  return {
    lrtMint: await generateKeyPairSigner(),
    admin: payer,
    payer,
    collateralMint,
    collateralTokenProgram: address(collateral.tokenProgram),
    allowFreeze: collateral.allowFreeze,
    depositCap: BigInt(depositCap) * 10n ** BigInt(fixed.decimals),
    args: {
      manager: who(roles.manager),
      guardian: who(roles.guardian),
      fixed,
      params: { ...params, feeWallet: who(roles.feeWallet) },
    },
  };
}

async function readParameters(file: string): Promise<Parameters> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new Error(`the parameter file ${file} can not be read`);
  }
  try {
    return JSON.parse(text) as Parameters;
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`);
  }
}

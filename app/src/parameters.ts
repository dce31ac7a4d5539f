// The parameter file of an LRT (migrations/localnet.json) and what it means.
import { address, generateKeyPairSigner, type TransactionSigner } from "@solana/kit";
import { readFile } from "node:fs/promises";
import type { FixedParamsArgs, ParamsArgs } from "../client";
import type { Creation } from "./create";

/** A role's or wallet's address, or `payer` for whoever deploys. */
type Who = string;

export type Parameters = {
  collateral: { mint: string; tokenProgram: string; allowFreeze: boolean };
  /** In whole tokens. */
  depositCap: number;
  roles: { manager: Who; guardian: Who; feeWallet: Who };
  fixed: Omit<FixedParamsArgs, "padding">;
  params: Omit<ParamsArgs, "feeWallet">;
};

/** Reads the file. Whoever pays becomes the admin; the mint gets a fresh key. */
export async function readCreation(
  file: string,
  payer: TransactionSigner,
): Promise<Creation> {
  const parameters = JSON.parse(await readFile(file, "utf8")) as Parameters;
  const { collateral, depositCap, roles, fixed, params } = parameters;
  if (!Number.isSafeInteger(depositCap) || depositCap < 0) {
    throw new Error(`depositCap is not a whole number of tokens: ${depositCap}`);
  }
  const who = (name: Who) =>
    name === "payer" ? payer.address : address(name);
  return {
    lrtMint: await generateKeyPairSigner(),
    admin: payer,
    payer,
    collateralMint: address(collateral.mint),
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

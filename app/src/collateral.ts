// Getting hold of collateral: test tokens on a cluster of one's own, wrapped SOL anywhere.
import {
  generateKeyPairSigner,
  type Address,
  type Instruction,
  type TransactionSigner,
} from "@solana/kit";
import { getCreateAccountInstruction, getTransferSolInstruction } from "@solana-program/system";
import {
  fetchMaybeToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  getSyncNativeInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { CONFIRMED, type Cluster } from "./cluster";
import { NATIVE_MINT } from "./create";
import { tokenAccounts, type Pool } from "./lrt";
import { send } from "./send";

/** A mint of worthless tokens, `amount` of them in the payer's associated token account. */
export async function createTestTokens(
  cluster: Cluster,
  payer: TransactionSigner,
  decimals: number,
  amount: bigint,
): Promise<Address> {
  const mint = await generateKeyPairSigner();
  const space = BigInt(getMintSize());
  const rent = await cluster.getMinimumBalanceForRentExemption(space).send();
  const [token] = await findAssociatedTokenPda({
    owner: payer.address,
    mint: mint.address,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  await send(cluster, payer, [
    getCreateAccountInstruction({
      payer,
      newAccount: mint,
      lamports: rent,
      space,
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({
      mint: mint.address,
      decimals,
      mintAuthority: payer.address,
    }),
    await getCreateAssociatedTokenIdempotentInstructionAsync({
      payer,
      owner: payer.address,
      mint: mint.address,
    }),
    getMintToInstruction({ mint: mint.address, token, mintAuthority: payer, amount }),
  ]);
  return mint.address;
}

/** Opens the wallet's token accounts where they are missing, and for wrapped SOL wraps what is missing to `amount`. */
export async function prepareWallet(
  cluster: Cluster,
  pool: Pool,
  wallet: TransactionSigner,
  amount: bigint,
): Promise<Instruction[]> {
  const owner = wallet.address;
  const { collateral } = await tokenAccounts(pool, owner);
  const open = (mint: Address, tokenProgram: Address) =>
    getCreateAssociatedTokenIdempotentInstructionAsync({
      payer: wallet,
      owner,
      mint,
      tokenProgram,
    });
  const instructions: Instruction[] = [
    await open(pool.collateralMint, pool.collateralTokenProgram),
    await open(pool.lrtMint, TOKEN_PROGRAM_ADDRESS),
  ];
  if (pool.collateralMint === NATIVE_MINT) {
    const account = await fetchMaybeToken(cluster, collateral, CONFIRMED);
    const missing = amount - (account.exists ? account.data.amount : 0n);
    if (missing > 0n) {
      instructions.push(
        getTransferSolInstruction({ source: wallet, destination: collateral, amount: missing }),
        getSyncNativeInstruction({ account: collateral }),
      );
    }
  }
  return instructions;
}

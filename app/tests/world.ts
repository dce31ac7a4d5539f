// The built program on an embedded VM.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  appendTransactionMessageInstructions,
  assertAccountExists,
  createTransactionMessage,
  generateKeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  signTransactionMessageWithSigners,
  type Address,
  type Instruction,
  type KeyPairSigner,
  type MaybeAccount,
  type MaybeEncodedAccount,
} from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { FailedTransactionMetadata, LiteSVM } from "litesvm";
import { LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";

const PROGRAM = fileURLToPath(new URL("../../target/deploy/liquid_restaking.so", import.meta.url));
export const ONE = 1_000_000_000n;
/** The first slot of epoch 10. */
export const START = 1_000n;

export class World {
  svm = new LiteSVM();

  constructor() {
    assert.ok(existsSync(PROGRAM), "the program is not built: `cargo xtask build`");
    this.svm.addProgramFromFile(LIQUID_RESTAKING_PROGRAM_ADDRESS, PROGRAM);
    this.svm.warpToSlot(START);
  }

  async wallet(): Promise<KeyPairSigner> {
    const signer = await generateKeyPairSigner();
    this.svm.airdrop(signer.address, lamports(100n * ONE));
    return signer;
  }

  async try(payer: KeyPairSigner, instructions: Instruction[]) {
    const transaction = await pipe(
      createTransactionMessage({ version: 0 }),
      (m) => setTransactionMessageFeePayerSigner(payer, m),
      (m) => this.svm.setTransactionMessageLifetimeUsingLatestBlockhash(m),
      (m) => appendTransactionMessageInstructions(instructions, m),
      (m) => signTransactionMessageWithSigners(m),
    );
    const result = this.svm.sendTransaction(transaction);
    this.svm.expireBlockhash();
    return result;
  }

  async send(payer: KeyPairSigner, ...instructions: Instruction[]) {
    const result = await this.try(payer, instructions);
    if (result instanceof FailedTransactionMetadata) {
      assert.fail(result.toString());
    }
    return result;
  }

  /** What an account holds; it must exist. */
  read<T extends object>(
    key: Address,
    decode: (account: MaybeEncodedAccount) => MaybeAccount<T>,
  ): T {
    const account = decode(this.svm.getAccount(key));
    assertAccountExists(account);
    return account.data;
  }

  /** A classic mint of nine decimals, with `amount` of it in the issuer's associated token account. */
  async collateral(issuer: KeyPairSigner, amount: bigint) {
    const mint = await generateKeyPairSigner();
    const space = getMintSize();
    const [token] = await findAssociatedTokenPda({
      owner: issuer.address,
      mint: mint.address,
      tokenProgram: TOKEN_PROGRAM_ADDRESS,
    });
    await this.send(
      issuer,
      getCreateAccountInstruction({
        payer: issuer,
        newAccount: mint,
        lamports: this.svm.minimumBalanceForRentExemption(BigInt(space)),
        space,
        programAddress: TOKEN_PROGRAM_ADDRESS,
      }),
      getInitializeMint2Instruction({
        mint: mint.address,
        decimals: 9,
        mintAuthority: issuer.address,
      }),
      await getCreateAssociatedTokenIdempotentInstructionAsync({
        payer: issuer,
        owner: issuer.address,
        mint: mint.address,
      }),
      getMintToInstruction({
        mint: mint.address,
        token,
        mintAuthority: issuer,
        amount,
      }),
    );
    return { mint: mint.address, token };
  }
}

/** Short, and without fees. */
export const FIXED = { epochLength: 100, maxExitDelay: 300, decimals: 9 };
export const PARAMS = {
  cooldownEpochs: 2,
  timelockSlots: 1_043,
  graceSlots: 200,
  warmupSlots: 10,
  dripSlots: 100,
  bondCooldownSlots: 443,
  minSettle: 1,
  minReward: 1,
  minSlash: 1,
  leverageBps: 10_000,
  bondMultiple: 0,
  disputeToleranceBps: 50,
  instantLimitBps: 10_000,
  depositFeeBps: 0,
  withdrawalFeeBps: 0,
  instantFeeBps: 0,
  rewardFeeBps: 0,
};

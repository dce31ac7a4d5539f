// An LRT of its own on the cluster, and a wallet for each who has a part in it: tests run beside each other.
import assert from "node:assert/strict";
import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase58Encoder,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address,
  type Instruction,
  type KeyPairSigner,
  type Signature,
} from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import {
  fetchMint,
  fetchToken,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { setTimeout as sleep } from "node:timers/promises";
import * as client from "../../client";
import { CONFIRMED, type Cluster } from "../../src/cluster";
import { createTestTokens } from "../../src/collateral";
import { createOn } from "../../src/create";
import { read, tokenAccounts, type Pool } from "../../src/lrt";
import { Refused } from "../../src/refused";
import { ask, send } from "../../src/send";
import { eventsIn } from "../events";
import { provider } from "./provider";

export const ONE = 1_000_000_000n;
/** Virtual shares and virtual units of an LRT of nine decimals. */
export const V = 1_000_000n;
/** What each holder of collateral begins with. */
export const STOCK = 1_000n * ONE;

/** The shortest that the bounds allow for exits of `maxExitDelay`, and no fees. */
export const fixed = { epochLength: 25, maxExitDelay: 90, decimals: 9 };
const longest = Math.ceil((8 * fixed.maxExitDelay) / 7) + fixed.maxExitDelay / 3;
const params = {
  cooldownEpochs: 1,
  timelockSlots: 3 * fixed.epochLength + 10 + longest,
  graceSlots: 10,
  warmupSlots: 5,
  dripSlots: 20,
  bondCooldownSlots: longest,
  minSettle: 1_000,
  minReward: 1_000,
  minSlash: 1_000,
  leverageBps: 10_000,
  bondMultiple: 0,
  disputeToleranceBps: 50,
  instantLimitBps: 10_000,
  depositFeeBps: 0,
  withdrawalFeeBps: 0,
  instantFeeBps: 0,
  rewardFeeBps: 0,
};

/** What a transaction did: the events it told of, and its slot. */
export type Done = { slot: bigint; events: [string, unknown][] };

export class World {
  private constructor(
    readonly cluster: Cluster,
    readonly pool: Pool,
    readonly params: client.ParamsArgs,
    readonly admin: KeyPairSigner,
    readonly manager: KeyPairSigner,
    readonly guardian: KeyPairSigner,
    readonly alice: KeyPairSigner,
    readonly bob: KeyPairSigner,
    readonly stranger: KeyPairSigner,
  ) {}

  /** An LRT with a pool whose cap is 500 tokens. Alice and Bob have collateral; the fee wallet is nobody else's. */
  static async create(own: Partial<client.ParamsArgs> = {}): Promise<World> {
    const { cluster, payer } = provider();
    const purse = await payer();
    const wallets = await Promise.all(Array.from({ length: 6 }, () => generateKeyPairSigner()));
    const [admin, manager, guardian, alice, bob, stranger] = wallets as [
      KeyPairSigner,
      KeyPairSigner,
      KeyPairSigner,
      KeyPairSigner,
      KeyPairSigner,
      KeyPairSigner,
    ];
    const amount = lamports(ONE / 4n);
    await send(
      cluster,
      purse,
      wallets.map(({ address }) =>
        getTransferSolInstruction({ source: purse, destination: address, amount }),
      ),
    );
    const collateralMint = await createTestTokens(cluster, admin, fixed.decimals, 10n * STOCK);
    const all = { ...params, feeWallet: (await generateKeyPairSigner()).address, ...own };
    const { keys } = await createOn(cluster, {
      lrtMint: await generateKeyPairSigner(),
      admin,
      payer: admin,
      collateralMint,
      depositCap: 500n * ONE,
      allowFreeze: false,
      args: { manager: manager.address, guardian: guardian.address, fixed, params: all },
    });
    const pool = { ...keys, collateralTokenProgram: TOKEN_PROGRAM_ADDRESS, decimals: 9 };
    const world = new World(cluster, pool, all, admin, manager, guardian, alice, bob, stranger);
    await world.supply(alice.address, STOCK);
    await world.supply(bob.address, STOCK);
    return world;
  }

  /** Opens somebody's token accounts and sends the one for collateral some. */
  async supply(owner: Address, amount: bigint) {
    const { admin: payer, pool } = this;
    const [theirs, ours] = await Promise.all([
      tokenAccounts(pool, owner),
      tokenAccounts(pool, payer.address),
    ]);
    const open = (mint: Address) =>
      getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner, mint });
    await send(this.cluster, payer, [
      await open(pool.collateralMint),
      await open(pool.lrtMint),
      getTransferInstruction({
        source: ours.collateral,
        destination: theirs.collateral,
        authority: payer,
        amount,
      }),
    ]);
  }

  /** A fresh wallet with SOL for fees and rent. */
  async wallet(): Promise<KeyPairSigner> {
    const fresh = await generateKeyPairSigner();
    const { admin: source, cluster } = this;
    const transfer = { source, destination: fresh.address, amount: lamports(ONE / 50n) };
    await send(cluster, source, [getTransferSolInstruction(transfer)]);
    return fresh;
  }

  /** Sends, and reads what was told of it. */
  async act(signer: KeyPairSigner, ...instructions: Instruction[]): Promise<Done> {
    return this.told(await send(this.cluster, signer, instructions));
  }

  /** What a transaction told of. */
  async told(signature: Signature): Promise<Done> {
    const { slot, meta } = await this.#transaction(signature);
    const inner = (meta?.innerInstructions ?? []).flatMap(({ instructions }) => instructions);
    const datas = inner.map(({ data }) => getBase58Encoder().encode(data));
    return { slot, events: eventsIn(datas) };
  }

  async #transaction(signature: Signature) {
    const config = { ...CONFIRMED, encoding: "json", maxSupportedTransactionVersion: 0 } as const;
    for (let tries = 0; tries < 50; tries++) {
      const found = await this.cluster.getTransaction(signature, config).send();
      if (found) return found;
      await sleep(200);
    }
    throw new Error(`${signature} was confirmed and can not be read`);
  }

  /** Is refused by the error's name, before it is sent. */
  async refuses(name: string, signer: KeyPairSigner, ...instructions: Instruction[]) {
    const sent = send(this.cluster, signer, instructions);
    await assert.rejects(sent, (error: Error) => {
      assert.ok(error instanceof Refused, `${name} expected, not ${error.message}`);
      assert.match(error.message, new RegExp(`^refused: ${name}: `));
      return true;
    });
  }

  /** Lands in a block without having been simulated, and fails there with the program's error. */
  async fails(code: number, signer: KeyPairSigner, ...instructions: Instruction[]) {
    const { value: blockhash } = await this.cluster.getLatestBlockhash(CONFIRMED).send();
    const transaction = await pipe(
      createTransactionMessage({ version: 0 }),
      (m) => setTransactionMessageFeePayerSigner(signer, m),
      (m) => setTransactionMessageLifetimeUsingBlockhash(blockhash, m),
      (m) => appendTransactionMessageInstructions(instructions, m),
      signTransactionMessageWithSigners,
    );
    const wire = getBase64EncodedWireTransaction(transaction);
    await this.cluster.sendTransaction(wire, { encoding: "base64", skipPreflight: true }).send();
    const { meta } = await this.#transaction(getSignatureFromTransaction(transaction));
    const error = meta?.err as { InstructionError?: [number, { Custom?: bigint }] } | null;
    assert.equal(Number(error?.InstructionError?.[1].Custom), code);
  }

  /** What the pool's accounts hold, byte by byte, the holders' tokens included. */
  async everything(): Promise<unknown> {
    const { pool, alice, bob } = this;
    const [hers, his] = await Promise.all([
      tokenAccounts(pool, alice.address),
      tokenAccounts(pool, bob.address),
    ]);
    const keys = [pool.lrt, pool.stakePool, pool.vault, pool.lrtMint, pool.collateralMint];
    keys.push(hers.collateral, hers.lrt, his.collateral, his.lrt);
    const config = { ...CONFIRMED, encoding: "base64" } as const;
    return (await this.cluster.getMultipleAccounts(keys, config).send()).value;
  }

  read = () => read(this.cluster, this.pool);

  /** Tokens in a wallet's associated accounts, or in an account. */
  async held(owner: Address) {
    const accounts = await tokenAccounts(this.pool, owner);
    return {
      collateral: await this.tokens(accounts.collateral),
      lrt: await this.tokens(accounts.lrt),
    };
  }

  async tokens(account: Address): Promise<bigint> {
    return (await fetchToken(this.cluster, account, CONFIRMED)).data.amount;
  }

  async mintSupply(mint: Address): Promise<bigint> {
    return (await fetchMint(this.cluster, mint, CONFIRMED)).data.supply;
  }

  /** What a read-only instruction answers. */
  ask = <T>(instruction: Instruction, decoder: Parameters<typeof ask<T>>[3]) =>
    ask(this.cluster, this.alice.address, instruction, decoder);

  /** A deposit into an account that is open. */
  async deposit(depositor: KeyPairSigner, amount: bigint, minShares = 0n): Promise<Instruction> {
    const { collateral } = await tokenAccounts(this.pool, depositor.address);
    const own = { depositor, userCollateral: collateral, amount, minShares };
    return client.getDepositInstructionAsync({ ...this.pool, ...own });
  }

  /** The program's own check, and that nobody has a token or a share that the ledger does not know. */
  async check() {
    const report = await this.ask(
      await client.getCheckInvariantsInstructionAsync(this.pool),
      client.getInvariantReportDecoder(),
    );
    assert.deepEqual(report, {
      ...report,
      vaultBalance: await this.tokens(this.pool.vault),
      ledger: report.vaultBalance,
      surplus: 0n,
      supply: report.mintSupply + report.feeShares + report.queued,
    });
  }
}

/** The one event of that name. */
export function event<T>({ events }: Done, name: string): T {
  const named = events.filter(([own]) => own === name);
  const names = events.map(([own]) => own).join(", ") || "none";
  assert.equal(named.length, 1, `one event ${name} expected, not ${names}`);
  return named[0]?.[1] as T;
}

/** Basis points of a number, rounded up. */
export const bpsCeil = (amount: bigint, bps: bigint) => (amount * bps + 9_999n) / 10_000n;

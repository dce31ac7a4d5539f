// A cluster: its RPC, a wallet, and sending a transaction until it is confirmed.
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Instruction,
  type Rpc,
  type Signature,
  type SolanaRpcApi,
  type TransactionSigner,
} from "@solana/kit";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export type Cluster = Rpc<SolanaRpcApi>;

const CLUSTERS: Record<string, string> = {
  localnet: "http://127.0.0.1:8899",
  devnet: "https://api.devnet.solana.com",
  mainnet: "https://api.mainnet-beta.solana.com",
};

/** `localnet`, `devnet`, `mainnet`, or a URL. */
export const connect = (cluster: string): Cluster =>
  createSolanaRpc(CLUSTERS[cluster] ?? cluster);

/** A keypair file as Solana's own tools write it. */
export async function readWallet(file: string) {
  const bytes = JSON.parse(await readFile(file, "utf8")) as number[];
  return createKeyPairSignerFromBytes(Uint8Array.from(bytes));
}

/** Signs, sends and waits for confirmation. Fails with the program's error and logs when it is refused. */
export async function send(
  cluster: Cluster,
  payer: TransactionSigner,
  instructions: Instruction[],
): Promise<Signature> {
  const { value: blockhash } = await cluster
    .getLatestBlockhash({ commitment: "confirmed" })
    .send();
  const transaction = await pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    signTransactionMessageWithSigners,
  );
  const signature = getSignatureFromTransaction(transaction);
  const wire = getBase64EncodedWireTransaction(transaction);
  await cluster
    .sendTransaction(wire, {
      encoding: "base64",
      preflightCommitment: "confirmed",
    })
    .send();
  for (;;) {
    const { value } = await cluster.getSignatureStatuses([signature]).send();
    const status = value[0];
    if (status?.err) {
      throw new Error(`${signature} failed: ${json(status.err)}`);
    }
    if (status && status.confirmationStatus !== "processed") return signature;
    const height = await cluster
      .getBlockHeight({ commitment: "confirmed" })
      .send();
    if (height > blockhash.lastValidBlockHeight) {
      throw new Error(`${signature} was not confirmed in time`);
    }
    await sleep(400);
  }
}

/** JSON with whole numbers of any size. */
export const json = (value: unknown) =>
  JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v), 2);

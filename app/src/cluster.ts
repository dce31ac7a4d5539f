// A cluster: its RPC, a wallet, sending a transaction until it is confirmed, reading an answer, waiting for a slot.
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  getSignatureFromTransaction,
  isSolanaError,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  compileTransaction,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  type Address,
  type Decoder,
  type Instruction,
  type Rpc,
  type Signature,
  type SolanaRpcApi,
  type TransactionSigner,
} from "@solana/kit";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { refused } from "./refused";

export type Cluster = Rpc<SolanaRpcApi>;

/** Reads see what `send` has confirmed. */
export const CONFIRMED = { commitment: "confirmed" } as const;

const CLUSTERS: Record<string, string> = {
  localnet: "http://127.0.0.1:8899",
  devnet: "https://api.devnet.solana.com",
  mainnet: "https://api.mainnet-beta.solana.com",
};

/** The URL of `localnet`, `devnet`, `mainnet`, or of a URL. */
export function urlOf(cluster: string): string {
  const url = CLUSTERS[cluster] ?? cluster;
  if (!URL.canParse(url)) throw new Error(`no cluster and no URL: ${cluster}`);
  return url;
}

/** `localnet`, `devnet`, `mainnet`, or a URL. */
export const connect = (cluster: string): Cluster => createSolanaRpc(urlOf(cluster));

/** A keypair file as Solana's own tools write it. */
export async function readWallet(file: string) {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(JSON.parse(await readFile(file, "utf8")) as number[]);
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    throw new Error(`the keypair file ${file} ${missing ? "does not exist" : "can not be read"}`);
  }
  if (bytes.length !== 64) throw new Error(`${file} is no keypair file`);
  return createKeyPairSignerFromBytes(bytes);
}

/** Signs, sends and waits for confirmation. Fails with `Refused`, and the program's reason, when it is refused. */
export async function send(
  cluster: Cluster,
  payer: TransactionSigner,
  instructions: Instruction[],
): Promise<Signature> {
  const { value: blockhash } = await cluster.getLatestBlockhash(CONFIRMED).send();
  const transaction = await pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    signTransactionMessageWithSigners,
  );
  const signature = getSignatureFromTransaction(transaction);
  const wire = getBase64EncodedWireTransaction(transaction);
  try {
    await cluster
      .sendTransaction(wire, { encoding: "base64", preflightCommitment: "confirmed" })
      .send();
  } catch (error) {
    if (
      isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)
    ) {
      throw refused(error.cause ?? error, error.context.logs ?? []);
    }
    throw error;
  }
  for (;;) {
    const { value } = await cluster.getSignatureStatuses([signature]).send();
    const status = value[0];
    if (status?.err) throw refused(status.err, []);
    if (status && status.confirmationStatus !== "processed") return signature;
    const height = await cluster.getBlockHeight(CONFIRMED).send();
    if (height > blockhash.lastValidBlockHeight) {
      throw new Error(`${signature} was not confirmed in time`);
    }
    await sleep(400);
  }
}

/** What a read-only instruction answers. Simulated: nobody signs, and it costs nothing; `payer` must have some SOL. */
export async function ask<T>(
  cluster: Cluster,
  payer: Address,
  instruction: Instruction,
  decoder: Decoder<T>,
): Promise<T> {
  const { value: blockhash } = await cluster.getLatestBlockhash(CONFIRMED).send();
  const transaction = pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions([instruction], message),
    compileTransaction,
  );
  const { value } = await cluster
    .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
      ...CONFIRMED,
      encoding: "base64",
      sigVerify: false,
    })
    .send();
  if (value.err) throw refused(value.err, value.logs ?? []);
  if (!value.returnData) throw new Error("the program gave no answer");
  return decoder.decode(getBase64Encoder().encode(value.returnData.data[0]));
}

export const slotNow = (cluster: Cluster) => cluster.getSlot(CONFIRMED).send();

/** Waits until `slot` is confirmed, and says what for. */
export async function waitFor(cluster: Cluster, slot: bigint, what: string) {
  let now = await slotNow(cluster);
  if (now >= slot) return;
  console.log(`waiting for slot ${slot}, ${slot - now} to go: ${what}`);
  for (; now < slot; now = await slotNow(cluster)) await sleep(400);
}

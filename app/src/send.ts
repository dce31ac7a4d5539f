// Transactions: simulated first, sent with a limit to fit, and sent again only when the old one can no longer land.
import {
  appendTransactionMessageInstructions,
  blockhash as blockhashOf,
  compileTransaction,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  getSignatureFromTransaction,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address,
  type Base64EncodedWireTransaction,
  type Decoder,
  type Instruction,
  type Signature,
  type TransactionSigner,
} from "@solana/kit";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIRMED, settingsOf, type Cluster } from "./cluster";
import { refused } from "./refused";
import { beyondPrograms, Trouble } from "./trouble";

/** Largest limit of a transaction. */
const MAX_UNITS = 1_400_000;
/** How often a transaction gets a new blockhash. */
const BLOCKHASHES = 4;
/** How often a node may give a blockhash that it does not know itself. */
const STRANGE_BLOCKHASHES = 5;
/** Blocks that a blockhash lives for. */
const BLOCKHASH_LIFE = 150n;
/** Looks at a signature between two sendings of the same bytes. */
const LOOKS_A_SENDING = 5;

/** A blockhash that the node replaces. */
const ANY = {
  blockhash: blockhashOf("11111111111111111111111111111111"),
  lastValidBlockHeight: 0n,
};

/**
 * Signs, sends and waits for confirmation. Never the same effect twice: a new blockhash is taken only when no block can
 * take the old one any more, and the old transaction is in none. Fails with `Refused`, and the program's reason, when it
 * is refused; with `Trouble` when something else is wrong.
 */
export async function send(
  cluster: Cluster,
  payer: TransactionSigner,
  instructions: Instruction[],
): Promise<Signature> {
  const { priorityFee, url } = settingsOf(cluster);
  const { units } = await simulate(cluster, payer.address, instructions);
  for (let taken = 0; taken < BLOCKHASHES; taken++) {
    const blockhash = await freshBlockhash(cluster);
    const transaction = await pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayerSigner(payer, message),
      (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
      (message) => setTransactionMessageComputeUnitLimit(limitFor(units), message),
      (message) => setTransactionMessageComputeUnitPrice(priorityFee || undefined, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
      signTransactionMessageWithSigners,
    );
    const signature = getSignatureFromTransaction(transaction);
    const wire = getBase64EncodedWireTransaction(transaction);
    const last = blockhash.lastValidBlockHeight;
    if (await follow(cluster, payer.address, signature, wire, last)) return signature;
  }
  throw new Trouble(
    `no block took the transaction, nothing has happened: ${url} is congested or behind, try a --priority-fee`,
  );
}

/**
 * A blockhash that the node knows itself, and the height of the last block that may take it. Not what the node says of that
 * height alone: too low, and a transaction would look gone while it can land; too high, and we would wait for ever.
 */
async function freshBlockhash(cluster: Cluster) {
  const { url, catchUp } = settingsOf(cluster);
  const processed = { commitment: "processed" } as const;
  for (let tries = 0; tries < STRANGE_BLOCKHASHES; tries++) {
    if (tries > 0) await sleep(catchUp);
    const { value } = await cluster.getLatestBlockhash(CONFIRMED).send();
    const { blockhash, lastValidBlockHeight: reported } = value;
    const { value: isKnown } = await cluster.isBlockhashValid(blockhash, processed).send();
    if (!isKnown) continue;
    const { blockHeight } = await cluster.getEpochInfo(processed).send();
    return { blockhash, lastValidBlockHeight: lastHeight(reported, blockHeight) };
  }
  throw new Trouble(
    `${url} does not know the blockhash that it gave: it is behind, or does not tell the truth. Nothing has happened; name another node with --url`,
  );
}

/**
 * The last height at which a blockhash is taken: it was there at `height` and lives for `BLOCKHASH_LIFE` blocks more at most,
 * or somewhat longer where the node that gave it is ahead of the one that told the height.
 */
export function lastHeight(reported: bigint, height: bigint): bigint {
  const latest = height + BLOCKHASH_LIFE;
  if (reported < latest) return latest;
  return reported > latest + BLOCKHASH_LIFE ? latest + BLOCKHASH_LIFE : reported;
}

/** A tenth more than the simulation used, for what changes until it lands. */
export const limitFor = (units: bigint) =>
  Math.min(Number(units + units / 10n + 1_000n), MAX_UNITS);

/** What became of a transaction: a block may still take it; no block has and none can; it is in one, with its error. */
type Fate = "open" | "gone" | { error: unknown };

/** Sends the same bytes until they are in a block (true), or can not be any more (false). */
async function follow(
  cluster: Cluster,
  payer: Address,
  signature: Signature,
  wire: Base64EncodedWireTransaction,
  lastHeight: bigint,
): Promise<boolean> {
  const { url, look, silence, longest } = settingsOf(cluster);
  const begun = Date.now();
  const heard = { status: begun, fate: begun };
  /** Lets a node be silent for a while. */
  const silent = (about: keyof typeof heard) => (error: unknown) => {
    if (!(error instanceof Trouble)) throw error;
    if (Date.now() - heard[about] <= silence) return undefined;
    throw uncertain(signature, error.message);
  };
  for (;;) {
    // Simulated already. A node may refuse what has landed meanwhile: only the signature's status counts.
    const sent = cluster.sendTransaction(wire, {
      encoding: "base64",
      skipPreflight: true,
      maxRetries: 0n,
    });
    await sent.send().catch(() => {});
    for (let looks = 0; looks < LOOKS_A_SENDING; looks++) {
      await sleep(look);
      const answer = await cluster.getSignatureStatuses([signature]).send().catch(silent("status"));
      if (!answer) continue;
      heard.status = Date.now();
      const status = answer.value[0];
      if (status && status.confirmationStatus !== "processed") {
        return judged(cluster, payer, signature, status.err);
      }
    }
    const fate = await fateOf(cluster, signature, lastHeight).catch(silent("fate"));
    if (fate) heard.fate = Date.now();
    if (fate === "gone") return false;
    if (fate && fate !== "open") return judged(cluster, payer, signature, fate.error);
    if (Date.now() - begun > longest) {
      throw uncertain(signature, `${url} does not say what became of it`);
    }
  }
}

/** A transaction of which nobody says whether it has landed. */
const uncertain = (signature: Signature, why: string) =>
  new Trouble(
    `${why}. The transaction ${signature} may have landed: look it up before you run this again`,
  );

/** True for a transaction with effect; one that landed without is refused, for the reason in its log. */
async function judged(cluster: Cluster, payer: Address, signature: Signature, error: unknown) {
  if (!error) return true;
  const found = await cluster
    .getTransaction(signature, {
      ...CONFIRMED,
      encoding: "base64",
      maxSupportedTransactionVersion: 0,
    })
    .send()
    .catch(() => null);
  throw failure(cluster, payer, error, found?.meta?.logMessages ?? []);
}

/**
 * Whether a block can still take the signature. Told by finalized blocks, and by a status at least as new: neither a fork
 * nor a node that lags behind can make a landed transaction look gone.
 */
async function fateOf(cluster: Cluster, signature: Signature, lastHeight: bigint): Promise<Fate> {
  const epoch = await cluster.getEpochInfo({ commitment: "finalized" }).send();
  if (epoch.blockHeight <= lastHeight) return "open";
  const { context, value } = await cluster
    .getSignatureStatuses([signature], { searchTransactionHistory: true })
    .send();
  if (context.slot < epoch.absoluteSlot) return "open";
  const status = value[0];
  if (!status) return "gone";
  return status.confirmationStatus === "finalized" ? { error: status.err } : "open";
}

const failure = (cluster: Cluster, payer: Address, error: unknown, logs: readonly string[]) =>
  beyondPrograms(error, logs, payer, settingsOf(cluster).url) ?? refused(error, logs);

/** What instructions would do now. Nobody signs, and it costs nothing; `payer` must have some SOL. */
export async function simulate(cluster: Cluster, payer: Address, instructions: Instruction[]) {
  const transaction = pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(ANY, message),
    // Before the others: an answer is the last instruction's.
    (message) => setTransactionMessageComputeUnitLimit(MAX_UNITS, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    compileTransaction,
  );
  const { value } = await cluster
    .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
      ...CONFIRMED,
      encoding: "base64",
      sigVerify: false,
      replaceRecentBlockhash: true,
    })
    .send();
  const logs = value.logs ?? [];
  if (value.err) throw failure(cluster, payer, value.err, logs);
  return { units: value.unitsConsumed ?? BigInt(MAX_UNITS), returnData: value.returnData, logs };
}

/** What a read-only instruction answers. */
export async function ask<T>(
  cluster: Cluster,
  payer: Address,
  instruction: Instruction,
  decoder: Decoder<T>,
): Promise<T> {
  const { returnData } = await simulate(cluster, payer, [instruction]);
  if (!returnData) throw new Error("the program gave no answer");
  return decoder.decode(getBase64Encoder().encode(returnData.data[0]));
}

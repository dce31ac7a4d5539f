// A cluster: its RPC, which says in one sentence what is wrong with it; a wallet; waiting for a slot. Sending: send.ts.
import {
  createDefaultRpcTransport,
  createKeyPairSignerFromBytes,
  createSolanaRpcFromTransport,
  type Address,
  type Rpc,
  type RpcTransport,
  type SolanaRpcApi,
} from "@solana/kit";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";
import { notDeployed, Trouble, unanswered } from "./trouble";

export type Cluster = Rpc<SolanaRpcApi>;

/** How a cluster is talked to; times in milliseconds. */
export type Settings = {
  url: string;
  /** What a compute unit is paid above the base fee, in micro-lamports. */
  priorityFee: bigint;
  /** A request may take so long. */
  timeout: number;
  /** Between two looks at a signature. */
  look: number;
  /** A node that says nothing for so long has left. */
  silence: number;
  /** A blockhash dies within a minute or two: a node that after so long does not say so never will. */
  longest: number;
  /** What a node gets to learn of a blockhash that it gave. */
  catchUp: number;
};

const DEFAULTS = {
  priorityFee: 0n,
  timeout: 30_000,
  look: 400,
  silence: 120_000,
  longest: 600_000,
  catchUp: 1_000,
};

/** Reads see what `send` has confirmed. */
export const CONFIRMED = { commitment: "confirmed" } as const;

const LOCALNET = "http://127.0.0.1:8899";
const DEVNET = "https://api.devnet.solana.com";
const TESTNET = "https://api.testnet.solana.com";
const MAINNET = "https://api.mainnet-beta.solana.com";

/** Clusters by the names that Solana's own tools take. */
const MONIKERS = new Map([
  ...["l", "localhost", "localnet"].map((name) => [name, LOCALNET] as const),
  ...["d", "devnet"].map((name) => [name, DEVNET] as const),
  ...["t", "testnet"].map((name) => [name, TESTNET] as const),
  ...["m", "mainnet", "mainnet-beta"].map((name) => [name, MAINNET] as const),
]);

/** The URL of a moniker, or the URL itself. An error says where it comes `from`. */
export function urlOf(cluster: string, from?: string): string {
  const url = MONIKERS.get(cluster) ?? cluster;
  const known = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!known) throw new Error(`${from ? `${from}: ` : ""}no cluster and no http URL: ${cluster}`);
  return url;
}

/** Whether a URL is this machine's. */
export const isLocal = (url: string) =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

// Kit's RPC object has no room for our settings.
const settings = new WeakMap<Cluster, Settings>();

/** How a cluster of `connect` is talked to. */
export function settingsOf(cluster: Cluster): Settings {
  const own = settings.get(cluster);
  if (!own) throw new Error("the cluster does not come from connect");
  return own;
}

/** A moniker, or a URL. */
export function connect(cluster: string, own: Partial<Omit<Settings, "url">> = {}): Cluster {
  const all = { ...DEFAULTS, ...own, url: urlOf(cluster) };
  const rpc = createSolanaRpcFromTransport(transport(all));
  settings.set(rpc, all);
  return rpc;
}

/** HTTP with a time limit, whose failures are sentences. */
function transport({ url, timeout }: Settings): RpcTransport {
  const post = createDefaultRpcTransport({ url });
  return async <T>(request: Parameters<RpcTransport>[0]): Promise<T> => {
    const limit = AbortSignal.timeout(timeout);
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
    let answer: unknown;
    try {
      answer = await post({ ...request, signal });
    } catch (error) {
      throw unanswered(error, url, timeout);
    }
    const { result, error } = (answer ?? {}) as {
      result?: unknown;
      error?: { code: bigint; message: string };
    };
    if (error) throw new Trouble(`${url} answered with error ${error.code}: ${error.message}`);
    if (result === undefined) throw unanswered(undefined, url, timeout);
    return answer as T;
  };
}

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

/** Fails when the cluster is another than the one meant: it does not have the program. */
export async function mustHaveProgram(cluster: Cluster) {
  const program: Address = LIQUID_RESTAKING_PROGRAM_ADDRESS;
  const config = { ...CONFIRMED, encoding: "base64", dataSlice: { offset: 0, length: 0 } } as const;
  const { value } = await cluster.getAccountInfo(program, config).send();
  if (!value?.executable) throw notDeployed(settingsOf(cluster).url);
}

export const slotNow = (cluster: Cluster) => cluster.getSlot(CONFIRMED).send();

/** Waits until `slot` is confirmed, and says what for. */
export async function waitFor(cluster: Cluster, slot: bigint, what: string) {
  let now = await slotNow(cluster);
  if (now >= slot) return;
  console.log(`waiting for slot ${slot}, ${slot - now} to go: ${what}`);
  for (; now < slot; now = await slotNow(cluster)) await sleep(400);
}

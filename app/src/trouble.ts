// What goes wrong around the program, as sentences that say what to do. What the program refuses: refused.ts.
import { isSolanaError, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, type Address } from "@solana/kit";
import { LIQUID_RESTAKING_PROGRAM_ADDRESS } from "../client";

/** The cluster can not be reached, or is not the one meant, or the wallet is empty: no refusal by the program. */
export class Trouble extends Error {}

export const notDeployed = (url: string) =>
  new Trouble(
    `the program ${LIQUID_RESTAKING_PROGRAM_ADDRESS} is not deployed on ${url}: name the right cluster with --url`,
  );

export const unfunded = (wallet: Address | string, url: string) =>
  new Trouble(
    `the wallet ${wallet} has too little SOL on ${url}: send it some, or name another with --keypair`,
  );

/** Why a node gave no answer, or none that can be used. */
export function unanswered(error: unknown, url: string, timeoutMs: number): Trouble {
  if (error instanceof Trouble) return error;
  if (error instanceof Error && ["TimeoutError", "AbortError"].includes(error.name)) {
    return new Trouble(
      `${url} did not answer within ${timeoutMs / 1_000} seconds: try again with a longer --timeout, or name another node with --url`,
    );
  }
  if (isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR)) {
    const { statusCode } = error.context;
    return new Trouble(
      statusCode === 429
        ? `${url} refuses so many requests: wait, or name another node with --url`
        : `${url} answered with HTTP ${statusCode}: is it a Solana RPC node?`,
    );
  }
  if (error instanceof TypeError && error.message === "fetch failed") {
    const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
    return new Trouble(
      `${url} can not be reached (${code ?? message ?? "no reason given"}): is the address right and the node up? Name another with --url`,
    );
  }
  return new Trouble(`${url} did not answer as a Solana RPC node does`);
}

/** What a transaction's failure means when it is no refusal by a program. */
export function beyondPrograms(
  error: unknown,
  logs: readonly string[],
  payer: Address,
  url: string,
): Trouble | undefined {
  // The system program's first error: it has fewer lamports than are to be moved.
  if (logs.includes("Program 11111111111111111111111111111111 failed: custom program error: 0x1")) {
    return unfunded(payer, url);
  }
  const [kind, detail] = typeof error === "string" ? [error] : firstEntry(error);
  const inner = kind === "InstructionError" ? (detail as [unknown, unknown])[1] : kind;
  switch (inner) {
    case "AccountNotFound":
    case "InsufficientFundsForFee":
    case "InsufficientFundsForRent":
      return unfunded(payer, url);
    case "ProgramAccountNotFound":
    case "InvalidProgramForExecution":
    case "UnsupportedProgramId":
      return notDeployed(url);
    case "BlockhashNotFound":
      return new Trouble(`${url} does not know the blockhash yet: try again`);
    default:
      return undefined;
  }
}

const firstEntry = (error: unknown): [string?, unknown?] =>
  typeof error === "object" && error !== null ? (Object.entries(error)[0] ?? []) : [];

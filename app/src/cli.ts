// What every script shares: options, --help, and an error as one line.
import { address, isAddress, type Address, type KeyPairSigner } from "@solana/kit";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { connect, CONFIRMED, readWallet, urlOf, type Cluster } from "./cluster";
import { parseTokens } from "./price";
import { unfunded } from "./trouble";

/** An option: what it is, and what it is when it is not given. */
export type Option = { what: string; value?: string };

export type Session = {
  cluster: Cluster;
  url: string;
  /** The keypair of `--keypair`, which must have SOL. */
  wallet(): Promise<KeyPairSigner>;
  /** What an option says: empty when it was not given and has no default. */
  option(name: string): string;
  /** An option that is an address, if it was given. */
  address(name: string): Address | undefined;
  /** An option that is an amount of whole tokens, in base units. */
  amount(name: string, decimals: number): bigint;
};

const COMMON: Record<string, Option> = {
  url: { what: "localnet, devnet, mainnet, or a URL", value: "localnet" },
  keypair: { what: "keypair file of who signs and pays", value: "~/.config/solana/id.json" },
  "priority-fee": { what: "micro-lamports for a compute unit", value: "0" },
  timeout: { what: "seconds that a request may take", value: "30" },
};

/** The option of scripts about an LRT that exists. */
export const LRT: Record<string, Option> = {
  lrt: { what: "the LRT's mint; the one last created here unless given" },
};

function help(name: string, what: string, options: Record<string, Option>) {
  const rows = Object.entries({ ...options, help: { what: "this text" } }).map(
    ([option, { what, value }]: [string, Option]) =>
      `  --${option.padEnd(12)} ${what}${value ? ` [${value}]` : ""}`,
  );
  return [what, "", `usage: npm run ${name} -- [options]`, "", ...rows].join("\n");
}

/** Paths are meant from where the script was called: npm runs it in the package's folder. */
export const path = (file: string) =>
  file.startsWith("~/")
    ? join(homedir(), file.slice(2))
    : resolve(process.env.INIT_CWD ?? ".", file);

/** Runs a script's `main` with its options. Fails with one line on standard error. */
export async function script(
  name: string,
  what: string,
  own: Record<string, Option>,
  main: (session: Session) => Promise<void>,
): Promise<void> {
  const options: Record<string, Option> = { ...COMMON, ...own };
  try {
    const strings = Object.keys(options).map((o) => [o, { type: "string" }] as const);
    const { values } = parseArgs({
      options: { ...Object.fromEntries(strings), help: { type: "boolean" } },
    });
    if (values.help) {
      console.log(help(name, what, options));
      return;
    }
    const given = values as Record<string, string | undefined>;
    const option = (o: string) => given[o] ?? options[o]?.value ?? "";
    const url = urlOf(option("url"));
    const cluster = connect(url, {
      priorityFee: BigInt(wholeNumber("priority-fee", option("priority-fee"))),
      timeout: 1_000 * Math.max(1, wholeNumber("timeout", option("timeout"))),
    });
    await main({
      cluster,
      url,
      wallet: () => fundedWallet(cluster, url, path(option("keypair"))),
      option,
      address: (o) => addressOf(o, option(o)),
      amount: (o, decimals) => parseTokens(option(o), decimals, `--${o}`),
    });
  } catch (error) {
    fail(error);
  }
}

/** An option that is a whole number. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new Error(`--${name} is no whole number: ${text || "nothing"}`);
  }
  return number;
}

function addressOf(name: string, text: string): Address | undefined {
  if (text && !isAddress(text)) throw new Error(`--${name} is no address: ${text}`);
  return text ? address(text) : undefined;
}

async function fundedWallet(cluster: Cluster, url: string, file: string) {
  const wallet = await readWallet(file);
  const { value } = await cluster.getBalance(wallet.address, CONFIRMED).send();
  if (value === 0n) throw unfunded(wallet.address, url);
  return wallet;
}

/** Prints an error as one line and makes the process fail. */
export function fail(error: unknown) {
  console.error(`error: ${message(error)}`);
  process.exitCode = 1;
}

const message = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ");

/** Prints what a transaction did. */
export const done = (what: string, signature?: string) =>
  console.log(signature ? `${what}\n  ${signature}` : what);

/** Prints the rows that are no longer what they were. */
export function printChanges(before: Record<string, string>, after: Record<string, string>) {
  for (const [row, now] of Object.entries(after)) {
    const was = before[row];
    if (was !== now) console.log(`  ${row.padEnd(20)} ${was} -> ${now}`);
  }
}

// What every script shares: options, --help, and an error as one line.
import { address, isAddress, type Address, type KeyPairSigner } from "@solana/kit";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { connect, CONFIRMED, isLocal, readWallet, urlOf, type Cluster } from "./cluster";
import { CONFIG, configured, variable, type Config } from "./config";
import { parseTokens } from "./price";
import { unfunded } from "./trouble";

/** An option: what it is, and where it comes from when it is not given. */
export type Option = {
  what: string;
  /** A variable of the environment, which comes first. */
  variable?: string;
  /** What it is called in Solana's configuration, which comes next. */
  configured?: keyof Config;
  value?: string;
};

export type Session = {
  cluster: Cluster;
  url: string;
  /** Whether the cluster is that of `--url`, and not of the environment or the configuration. */
  urlGiven: boolean;
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
  url: {
    what: "a URL, or l(ocalnet), d(evnet), t(estnet), m(ainnet)",
    variable: "LRT_URL",
    configured: "url",
    value: "localnet",
  },
  keypair: {
    what: "keypair file of who signs and pays",
    configured: "keypair",
    value: "~/.config/solana/id.json",
  },
  "priority-fee": { what: "micro-lamports for a compute unit", value: "0" },
  timeout: { what: "seconds that a request may take", value: "30" },
};

/** The option of scripts about an LRT that exists. */
export const LRT: Record<string, Option> = {
  lrt: { what: "the LRT's mint; else the one last created here", variable: "LRT" },
};

function help(name: string, what: string, options: Record<string, Option>) {
  const rows = Object.entries({ ...options, help: { what: "this text" } }).map(
    ([option, { what, variable, configured, value }]: [string, Option]) => {
      const named = [variable && `$${variable}`, configured && "Solana's configuration", value];
      const usual = named.filter(Boolean).join(", else ");
      return `  --${option.padEnd(12)} ${what}${usual ? ` [${usual}]` : ""}`;
    },
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
    const found = (o: string) => sourced(o, options[o], given[o]);
    const option = (o: string) => found(o).text;
    const node = found("url");
    const url = urlOf(node.text, node.from);
    const cluster = connect(url, {
      priorityFee: BigInt(wholeNumber("priority-fee", option("priority-fee"))),
      timeout: 1_000 * Math.max(1, wholeNumber("timeout", option("timeout"))),
    });
    await main({
      cluster,
      url,
      urlGiven: Boolean(given.url),
      wallet: () => fundedWallet(cluster, url, option("keypair")),
      option,
      address: (o) => addressOf(found(o)),
      amount: (o, decimals) => parseTokens(option(o), decimals, `--${o}`),
    });
  } catch (error) {
    fail(error);
  }
}

/** What an option is, and from where. */
type Sourced = { text: string; from: string };

/** What is given, or else what environment, configuration and default say. */
function sourced(name: string, option: Option | undefined, given: string | undefined): Sourced {
  const from = `--${name}`;
  // As for `lrt`, an empty one is none where the environment may name another.
  if (given || (given !== undefined && !option?.variable)) return { text: given, from };
  const inherited = option?.variable && variable(option.variable);
  if (option?.variable && inherited) return { text: inherited, from: option.variable };
  const usual = option?.configured && configured()[option.configured];
  return usual ? { text: usual, from: CONFIG } : { text: option?.value ?? "", from };
}

/** Fails when environment or configuration have chosen a cluster that is not local: for what makes test tokens, or SOL. */
export function mustBeMeant({ url, urlGiven }: Pick<Session, "url" | "urlGiven">) {
  if (urlGiven || isLocal(url)) return;
  throw new Error(`${url} is not a local cluster: if it is the one meant, name it with --url`);
}

/** An option that is a whole number. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new Error(`--${name} is no whole number: ${text || "nothing"}`);
  }
  return number;
}

function addressOf({ text, from }: Sourced): Address | undefined {
  if (!text) return undefined;
  if (isAddress(text)) return address(text);
  // `lrt` takes one in place of an address.
  const hint = existsSync(path(text)) ? " (a keypair file is none: name its public key)" : "";
  throw new Error(`${from} is no address: ${text}${hint}`);
}

async function fundedWallet(cluster: Cluster, url: string, file: string) {
  if (file.includes("://")) {
    throw new Error(
      `${file}: hardware wallets and prompts are not supported, name a keypair file with --keypair`,
    );
  }
  const wallet = await readWallet(path(file));
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

// Solana's own configuration file, as `solana config set` writes it: one `key: value` a line.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What the file says of the node and of the wallet. */
export type Config = { url?: string; keypair?: string };

/** Where it is, for people to read. */
export const CONFIG = "~/.config/solana/cli/config.yml";

/** What Solana's configuration says; nothing where there is none. */
export function configured(): Config {
  try {
    return parseConfig(readFileSync(join(homedir(), CONFIG.slice(2)), "utf8"));
  } catch {
    return {};
  }
}

export function parseConfig(text: string): Config {
  const config: Config = {};
  // The file's other parts (address labels, the websocket) are nested, or of no use here.
  for (const line of text.split("\n")) {
    const [, key, rest = ""] = /^([^\s#:-][^:]*):(.*)$/.exec(line.trimEnd()) ?? [];
    const value = rest.trim().replace(/^["']+|["']+$/g, "");
    if (value && key === "json_rpc_url") config.url = value;
    if (value && key === "keypair_path") config.keypair = value;
  }
  return config;
}

/** A variable of the environment; an empty one is none. */
export const variable = (name: string) => process.env[name] || undefined;

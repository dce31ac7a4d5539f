// The cluster and the wallet that the Anchor CLI names for its test script.
import { homedir } from "node:os";
import { join } from "node:path";
import { connect, readWallet } from "../../src/cluster";

const HOW =
  "run this by `anchor test` or `cargo xtask anchor`, or name a cluster that has the program: " +
  "ANCHOR_PROVIDER_URL=http://127.0.0.1:8899 ANCHOR_WALLET=<keypair file with SOL> npm run test:cluster";

/** Both, or an error that says how to set them. */
export function provider() {
  const { ANCHOR_PROVIDER_URL: url, ANCHOR_WALLET: wallet } = process.env;
  if (!url || !wallet) {
    throw new Error(`${url ? "ANCHOR_WALLET" : "ANCHOR_PROVIDER_URL"} is not set: ${HOW}`);
  }
  const file = wallet.startsWith("~/") ? join(homedir(), wallet.slice(2)) : wallet;
  return { cluster: connect(url), url, payer: () => readWallet(file) };
}

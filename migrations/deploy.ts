// Creates an LRT with its stake pool on a cluster that has the program. `anchor migrate` runs this; without the Anchor
// CLI, from the repository's root:
//   npm --prefix app run migrate -- <cluster or URL> <wallet.json> [parameters.json]
import { fileURLToPath, pathToFileURL } from "node:url";
import { fail, path } from "../app/src/cli";
import { connect, readWallet, settingsOf } from "../app/src/cluster";
import { createOn } from "../app/src/create";
import { remember } from "../app/src/lrt";
import { readCreation } from "../app/src/parameters";
import { json } from "../app/src/refused";
import type { AnchorProvider } from "./anchor";

const LOCALNET = fileURLToPath(new URL("localnet.json", pathToFileURL(__filename)));

async function create(url?: string, wallet?: string, parameters = process.env.LRT_PARAMETERS) {
  if (!url || !wallet) {
    throw new Error("usage: <cluster or URL> <wallet.json> [parameters.json]");
  }
  const cluster = connect(url);
  const { hostname } = new URL(settingsOf(cluster).url);
  if (!parameters && !["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
    throw new Error(
      "migrations/localnet.json has epochs of seconds, for local clusters only: name another parameter file, for `anchor migrate` in LRT_PARAMETERS",
    );
  }
  const payer = await readWallet(path(wallet));
  const creation = await readCreation(cluster, parameters ? path(parameters) : LOCALNET, payer);
  const { keys, lrt, pool, signature } = await createOn(cluster, creation);
  await remember(cluster, keys.lrtMint);
  console.log(
    json({ ...keys, admin: lrt.admin.holder, depositCap: pool.depositCap.now, signature }),
  );
}

// The Anchor CLI's script requires this file and calls it, without waiting for the end.
module.exports = ({ connection, wallet }: AnchorProvider) =>
  create(connection.rpcEndpoint, wallet.file).catch(fail);

if (require.main === module) create(...process.argv.slice(2)).catch(fail);

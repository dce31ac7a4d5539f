// Creates an LRT with its stake pool on a cluster that has the program. From the repository's root:
//   npm --prefix app run migrate -- <cluster or URL> <wallet.json> [parameters.json]
import { fail, path } from "../app/src/cli";
import { connect, readWallet } from "../app/src/cluster";
import { createOn } from "../app/src/create";
import { remember } from "../app/src/lrt";
import { readCreation } from "../app/src/parameters";
import { json } from "../app/src/refused";

async function main() {
  const [url, wallet, parameters = "migrations/localnet.json"] = process.argv.slice(2);
  if (!url || !wallet) {
    throw new Error("usage: <cluster or URL> <wallet.json> [parameters.json]");
  }
  const cluster = connect(url);
  const payer = await readWallet(path(wallet));
  const creation = await readCreation(cluster, path(parameters), payer);
  const { keys, lrt, pool, signature } = await createOn(cluster, creation);
  await remember(cluster, keys.lrtMint);
  console.log(
    json({ ...keys, admin: lrt.admin.holder, depositCap: pool.depositCap.now, signature }),
  );
}

main().catch(fail);

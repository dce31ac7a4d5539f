// Creates an LRT with its stake pool on a cluster that has the program. From the repository's root:
//   npm --prefix app run migrate -- <cluster or URL> <wallet.json> [parameters.json]
import { resolve } from "node:path";
import { fetchLrt, fetchStakePool } from "../app/client";
import { connect, json, readWallet, send } from "../app/src/cluster";
import { createLrtWithPool, findPool } from "../app/src/create";
import { readCreation } from "../app/src/parameters";

// npm runs scripts in the package's folder; paths are meant from where it was called.
const path = (file: string) => resolve(process.env.INIT_CWD ?? ".", file);

async function main() {
  const [url, wallet, parameters = "migrations/localnet.json"] =
    process.argv.slice(2);
  if (!url || !wallet) {
    throw new Error("usage: <cluster or URL> <wallet.json> [parameters.json]");
  }
  const cluster = connect(url);
  const payer = await readWallet(path(wallet));
  const creation = await readCreation(path(parameters), payer);
  const keys = await findPool(creation.lrtMint.address, creation.collateralMint);
  const signature = await send(
    cluster,
    payer,
    await createLrtWithPool(creation),
  );

  // Read back what stands there now.
  const commitment = { commitment: "confirmed" } as const;
  const { data: lrt } = await fetchLrt(cluster, keys.lrt, commitment);
  const { data: pool } = await fetchStakePool(cluster, keys.stakePool, commitment);
  if (lrt.pools[0]?.stakePool !== keys.stakePool || pool.lrt !== keys.lrt) {
    throw new Error("the LRT and its pool do not name each other");
  }
  if (pool.depositCap !== creation.depositCap) {
    throw new Error(
      `the cap reads ${pool.depositCap}, not ${creation.depositCap}: is the client older than the program?`,
    );
  }
  console.log(
    json({ ...keys, admin: lrt.admin.holder, depositCap: pool.depositCap, signature }),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

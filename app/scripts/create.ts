// Creates an LRT with its stake pool, and test tokens to deposit where the parameter file asks for them.
import { fileURLToPath } from "node:url";
import { done, mustBeMeant, path, script } from "../src/cli";
import { createOn } from "../src/create";
import { look, openPool, remember } from "../src/lrt";
import { readCreation } from "../src/parameters";

const QUICK = fileURLToPath(new URL("../../migrations/quick.json", import.meta.url));

const options = {
  parameters: { what: "parameter file; migrations/quick.json unless given" },
};

await script("create", "Creates an LRT with its stake pool.", options, async (session) => {
  const { cluster } = session;
  mustBeMeant(session);
  const admin = await session.wallet();
  const file = session.option("parameters");
  const creation = await readCreation(cluster, file ? path(file) : QUICK, admin);
  const { keys, signature } = await createOn(cluster, creation);
  await remember(cluster, keys.lrtMint);

  done("LRT and stake pool created", signature);
  console.log(`  LRT mint             ${keys.lrtMint}`);
  console.log(`  LRT                  ${keys.lrt}`);
  console.log(`  collateral mint      ${keys.collateralMint}`);
  console.log(`  stake pool           ${keys.stakePool}`);
  const pool = await openPool({ ...session, address: () => keys.lrtMint });
  const now = await look(cluster, pool, admin.address);
  console.log(`  wallet: collateral   ${now["wallet: collateral"]}`);
});

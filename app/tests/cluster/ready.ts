// Whether the suite can run: a cluster with the program, a wallet with SOL. Else one line says what is missing.
import { fail } from "../../src/cli";
import { CONFIRMED, mustHaveProgram } from "../../src/cluster";
import { unfunded } from "../../src/trouble";
import { provider } from "./provider";

/** What the suite spends, and leaves in the wallets it makes. */
const NEEDS = 20_000_000_000n;

async function main() {
  const { cluster, url, payer } = provider();
  await mustHaveProgram(cluster);
  const { address } = await payer();
  const { value } = await cluster.getBalance(address, CONFIRMED).send();
  if (value < NEEDS) throw unfunded(address, url);
  console.log(`the cluster suite, on ${url}`);
}

await main().catch(fail);

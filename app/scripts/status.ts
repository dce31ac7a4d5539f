// Everything about an LRT in one place: its value, its queue, its operators and AVSs, its risk and where its yield came
// from. Reads only; nothing is signed.
import {
  fetchMaybeAllocation,
  findPoolAvsPda,
  getCheckInvariantsInstructionAsync,
  getInvariantReportDecoder,
  getRiskReportDecoder,
  getRiskReportInstruction,
  getYieldReportDecoder,
  getYieldReportInstruction,
} from "../client";
import { LRT, script } from "../src/cli";
import { CONFIRMED } from "../src/cluster";
import { known } from "../src/layout";
import { acceptedAvss, delegations, look, openPool, queueLines, read, workOf } from "../src/lrt";
import { tokens } from "../src/price";
import { ask } from "../src/send";

const percent = (bps: number) => `${(bps / 100).toFixed(2)} %`;
const row = (name: string, value: unknown) => console.log(`  ${name.padEnd(20)} ${value}`);

const options = {
  ...LRT,
  owner: { what: "a wallet's address, to show what it holds; the keypair's unless given" },
};

await script("status", "Prints all there is to know about an LRT.", options, async (session) => {
  const { cluster } = session;
  const ofWallet = async () => (await session.wallet()).address;
  const nobody = () => undefined; // no wallet at hand: only what everybody shares
  const owner = session.address("owner") ?? (await ofWallet().catch(nobody));
  const pool = await openPool(session);
  const reading = await read(cluster, pool);
  const { slot, lrt, pool: ledger } = reading;
  const admin = lrt.admin.holder; // reads are simulated as if the admin had sent them
  const show = (amount: bigint) => tokens(amount, pool.decimals);

  console.log(`LRT ${pool.lrtMint} in slot ${slot}, epoch ${slot / lrt.fixed.epochLength}`);
  row("collateral mint", pool.collateralMint);
  row("stake pool", pool.stakePool);
  row("admin", admin);
  row("manager", lrt.manager.holder);
  row("guardian", lrt.guardian.holder);
  for (const [name, value] of Object.entries(await look(cluster, pool, owner))) {
    row(name, value);
  }

  console.log("queue");
  for (const line of await queueLines(cluster, pool, reading)) console.log(`  ${line}`);

  const avss = acceptedAvss(ledger);
  console.log("operators");
  for (const delegation of await delegations(cluster, pool)) {
    const { operator, active, bond, cap, disputed } = delegation;
    row(
      operator,
      `stake ${show(active)} of at most ${show(cap.now)}, bond ${show(bond)}, disputed ${show(disputed)}`,
    );
    for (const { avs } of avss) {
      const work = await workOf(pool, operator, avs);
      const allocation = await fetchMaybeAllocation(cluster, work.allocation, CONFIRMED);
      if (!allocation.exists) continue;
      const { stake, warming, coolings, held } = known(allocation.data);
      const cooling = coolings.reduce((sum, { amount }) => sum + amount, held);
      row(`  to AVS ${avs}`, `${show(stake)}, warming ${show(warming)}, cooling ${show(cooling)}`);
    }
  }

  // What could be lost, and what was earned: the program's own answers.
  const risk = await ask(cluster, admin, getRiskReportInstruction(pool), getRiskReportDecoder());
  console.log("risk, as shares of the value");
  row("stake is pledged", `${(risk.leverageBps / 10_000).toFixed(2)} times`);
  row("all AVSs at once", `at most ${percent(risk.allLossBps)} in one window`);
  for (const { avs, place } of avss) {
    const [part, loss] = [risk.avsBps[place] ?? 0, risk.avsLossBps[place] ?? 0];
    row(`AVS ${avs}`, `holds ${percent(part)}, takes at most ${percent(loss)} in one window`);
  }

  const { stakePool } = pool;
  const accepted = await Promise.all(avss.map(({ avs }) => findPoolAvsPda({ stakePool, avs })));
  const yields = await ask(
    cluster,
    admin,
    getYieldReportInstruction({ ...pool, poolAvss: accepted.map(([key]) => key) }),
    getYieldReportDecoder(),
  );
  console.log("yield so far");
  for (const { place, rewards, losses } of yields.avss) {
    row(`AVS ${ledger.avss[place]?.avs}`, `paid ${show(rewards)}, took ${show(losses)}`);
  }
  row("commissions", show(yields.commissions));
  row("reward fees", show(yields.rewardFees));

  const invariants = await ask(
    cluster,
    admin,
    await getCheckInvariantsInstructionAsync(pool),
    getInvariantReportDecoder(),
  );
  console.log(
    `invariants hold: the vault has ${show(invariants.vaultBalance)}, the ledger says ${show(invariants.ledger)}`,
  );
});

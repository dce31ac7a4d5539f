// Puts idle collateral to work: the manager delegates it to the operator and allocates it to the AVS, which can count on
// it, and slash it, once it has warmed up.
import {
  fetchAllocation,
  fetchMaybeOptInRecord,
  fetchLrt,
  getAllocateInstructionAsync,
  getDelegateInstructionAsync,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { CONFIRMED, waitFor } from "../src/cluster";
import { known, load } from "../src/layout";
import { look, openPool, openWork, WORK } from "../src/lrt";
import { tokens } from "../src/price";
import { send } from "../src/send";

const options = {
  ...LRT,
  ...WORK,
  amount: { what: "collateral to delegate and to allocate", value: "50" },
};

await script(
  "restake",
  "Delegates idle collateral and allocates it to an AVS.",
  options,
  async (session) => {
    const { cluster } = session;
    const manager = await session.wallet();
    const pool = await openPool(session);
    const work = await openWork(session, pool);
    const amount = session.amount("amount", pool.decimals);
    const before = await look(cluster, pool);

    done(
      "delegated",
      await send(cluster, manager, [
        await getDelegateInstructionAsync({ ...pool, ...work, manager, amount }),
      ]),
    );

    // The opt-in of both sides must be as old as the LRT's warm-up.
    const optIn = await fetchMaybeOptInRecord(cluster, work.optIn, CONFIRMED);
    if (!optIn.exists)
      throw new Error("operator and AVS have not opted in to each other: run join first");
    const { byOperator, byAvs } = known(optIn.data);
    const since = byOperator.sinceSlot > byAvs.sinceSlot ? byOperator.sinceSlot : byAvs.sinceSlot;
    const { warmupSlots } = (await load(fetchLrt, cluster, pool.lrt)).params;
    await waitFor(cluster, since + warmupSlots, "the opt-in warms up");
    done(
      "allocated",
      await send(cluster, manager, [
        await getAllocateInstructionAsync({ ...pool, ...work, manager, payer: manager, amount }),
      ]),
    );
    printChanges(before, await look(cluster, pool));

    const { stake, warming, warmSlot } = await load(fetchAllocation, cluster, work.allocation);
    await waitFor(cluster, warmSlot, "the allocation warms up");
    console.log(`the AVS counts on ${tokens(stake + warming, pool.decimals)}`);
  },
);

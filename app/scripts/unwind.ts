// Takes collateral back from the operator: the manager deallocates it, it cools (still slashable) for the AVS's exit
// delay, anyone releases it, and the manager undelegates it to idle.
import {
  fetchAllocation,
  getDeallocateInstructionAsync,
  getReleaseInstructionAsync,
  getUndelegateInstructionAsync,
  LIQUID_RESTAKING_ERROR__NOTHING_TO_DO,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { waitFor } from "../src/cluster";
import { load } from "../src/layout";
import { look, mustExist, openPool, openWork, WORK } from "../src/lrt";
import { tokens } from "../src/price";
import { Refused } from "../src/refused";
import { send } from "../src/send";

const options = {
  ...LRT,
  ...WORK,
  amount: { what: "collateral to take back", value: "20" },
};

await script(
  "unwind",
  "Deallocates stake, waits until it has cooled, undelegates it.",
  options,
  async (session) => {
    const { cluster } = session;
    const manager = await session.wallet();
    const pool = await openPool(session);
    const work = await openWork(session, pool);
    await mustExist(cluster, "nothing is allocated to the AVS: run restake first", work.allocation);
    const amount = session.amount("amount", pool.decimals);
    const before = await look(cluster, pool);
    const coolings = async () =>
      (await load(fetchAllocation, cluster, work.allocation)).coolings.filter((c) => c.amount > 0n);

    done(
      "deallocated: it cools, and the AVS can still slash it",
      await send(cluster, manager, [
        await getDeallocateInstructionAsync({ ...pool, ...work, manager, amount }),
      ]),
    );
    const pending = await coolings();
    for (const { amount, releaseSlot } of pending) {
      console.log(`  ${tokens(amount, pool.decimals)} cool until slot ${releaseSlot}`);
    }

    // What still warmed was free at once; the rest is with the last entry.
    const last = pending.reduce((slot, c) => (c.releaseSlot > slot ? c.releaseSlot : slot), 0n);
    if (last > 0n) {
      await waitFor(cluster, last, "the stake cools");
      try {
        const release = await getReleaseInstructionAsync({ ...pool, ...work });
        done("released: anyone may", await send(cluster, manager, [release]));
      } catch (error) {
        // Somebody else has, a keeper for one.
        const released = error instanceof Refused && (await coolings()).length === 0;
        if (!released || error.code !== LIQUID_RESTAKING_ERROR__NOTHING_TO_DO) throw error;
      }
    }

    done(
      "undelegated",
      await send(cluster, manager, [
        await getUndelegateInstructionAsync({ ...pool, ...work, manager, amount }),
      ]),
    );
    printChanges(before, await look(cluster, pool));
  },
);

// The AVS pays a reward for what the operator's allocation has earned; it drips to the holders slot by slot.
import { fetchLrt, fetchPoolAvs, getPayRewardsInstructionAsync } from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { waitFor } from "../src/cluster";
import { prepareWallet } from "../src/collateral";
import { load } from "../src/layout";
import { look, mustExist, openPool, openWork, tokenAccounts, WORK } from "../src/lrt";
import { tokens } from "../src/price";
import { send } from "../src/send";

const options = {
  ...LRT,
  ...WORK,
  amount: { what: "collateral to pay", value: "2" },
};

await script(
  "reward",
  "Pays a reward and waits until it has dripped.",
  options,
  async (session) => {
    const { cluster } = session;
    const avsAuthority = await session.wallet(); // anyone may pay; signed by the AVS it counts as that AVS's yield
    const pool = await openPool(session);
    const work = await openWork(session, pool);
    await mustExist(cluster, "nothing is allocated to the AVS: run restake first", work.allocation);
    const amount = session.amount("amount", pool.decimals);
    const before = await look(cluster, pool, avsAuthority.address);

    const { collateral } = await tokenAccounts(pool, avsAuthority.address);
    const signature = await send(cluster, avsAuthority, [
      ...(await prepareWallet(cluster, pool, avsAuthority, amount)),
      await getPayRewardsInstructionAsync({
        ...pool,
        ...work,
        payer: avsAuthority,
        collateral,
        amount,
      }),
    ]);
    done(
      "reward paid: the operator's commission and the LRT's fee are owed to them, the rest drips",
      signature,
    );
    const paid = await look(cluster, pool, avsAuthority.address);
    printChanges(before, paid);

    const { pools } = await load(fetchLrt, cluster, pool.lrt);
    await waitFor(cluster, pools[0]?.drip.end ?? 0n, "it drips");
    printChanges(paid, await look(cluster, pool, avsAuthority.address));
    const { rewards } = await load(fetchPoolAvs, cluster, work.poolAvs);
    console.log(
      `the AVS has paid ${tokens(rewards, pool.decimals)} so far, net of commission and fee`,
    );
  },
);

// Deposits collateral and mints LRT at the current rate.
import {
  getDepositInstructionAsync,
  getMintedDecoder,
  getQuoteDepositInstruction,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { prepareWallet } from "../src/collateral";
import { look, openPool, tokenAccounts } from "../src/lrt";
import { ask, send } from "../src/send";

const options = {
  ...LRT,
  amount: { what: "collateral", value: "100" },
};

await script("deposit", "Deposits collateral and mints LRT.", options, async (session) => {
  const { cluster } = session;
  const depositor = await session.wallet();
  const pool = await openPool(session);
  const amount = session.amount("amount", pool.decimals);
  const before = await look(cluster, pool, depositor.address);

  // What it would mint now: the deposit is refused if that falls by more than 0.1 %.
  const quote = await ask(
    cluster,
    depositor.address,
    getQuoteDepositInstruction({ ...pool, amount }),
    getMintedDecoder(),
  );
  const { collateral } = await tokenAccounts(pool, depositor.address);
  const signature = await send(cluster, depositor, [
    ...(await prepareWallet(cluster, pool, depositor, amount)),
    await getDepositInstructionAsync({
      ...pool,
      depositor,
      userCollateral: collateral,
      amount,
      minShares: (quote.netShares * 999n) / 1_000n,
    }),
  ]);
  done("deposited", signature);
  printChanges(before, await look(cluster, pool, depositor.address));
});

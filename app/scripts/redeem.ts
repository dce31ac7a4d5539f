// Leaves at once, against a fee that drips to those who stay: from idle beyond what the queue is owed, within the epoch's
// limit.
import {
  getInstantExitDecoder,
  getQuoteInstantInstruction,
  getRedeemInstantInstructionAsync,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { prepareWallet } from "../src/collateral";
import { look, openPool, tokenAccounts } from "../src/lrt";
import { tokens } from "../src/price";
import { ask, send } from "../src/send";

const options = {
  ...LRT,
  amount: { what: "LRT to give back", value: "2" },
};

await script("redeem", "Leaves at once, against a fee.", options, async (session) => {
  const { cluster } = session;
  const holder = await session.wallet();
  const pool = await openPool(session);
  const shares = session.amount("amount", pool.decimals);
  const before = await look(cluster, pool, holder.address);
  const show = (amount: bigint) => tokens(amount, pool.decimals);

  // What it would pay now: refused if that falls by more than 0.1 %.
  const quote = await ask(
    cluster,
    holder.address,
    getQuoteInstantInstruction({ ...pool, shares }),
    getInstantExitDecoder(),
  );
  console.log(
    `${show(shares)} LRT are worth ${show(quote.grossAssets)}: ${show(quote.feeAssets)} are the fee, ${show(quote.netAssets)} are paid`,
  );
  const { collateral } = await tokenAccounts(pool, holder.address);
  const signature = await send(cluster, holder, [
    ...(await prepareWallet(cluster, pool, holder, 0n)),
    await getRedeemInstantInstructionAsync({
      ...pool,
      holder,
      userCollateral: collateral,
      shares,
      minAssets: (quote.netAssets * 999n) / 1_000n,
    }),
  ]);
  done("redeemed", signature);
  printChanges(before, await look(cluster, pool, holder.address));
});

// What an LRT is worth and who waits to leave it.
import { LRT, script } from "../src/cli";
import { openPool, queueLines, read } from "../src/lrt";
import { pricesAt, tokens } from "../src/price";

await script(
  "quote",
  "Prints what an LRT is worth and who waits to leave it.",
  LRT,
  async (session) => {
    const { cluster } = session;
    const pool = await openPool(session);
    const reading = await read(cluster, pool);
    const { slot, lrt, pool: ledger } = reading;
    const prices = pricesAt(lrt, slot);
    const show = (amount: bigint) => tokens(amount, pool.decimals);

    console.log(`LRT         ${pool.lrt}`);
    console.log(`slot        ${slot}, epoch ${slot / lrt.fixed.epochLength}`);
    console.log(`supply      ${show(prices.supply)} LRT`);
    console.log(`nav         ${show(prices.nav)}`);
    console.log(`rate        1 LRT pays ${show(prices.rate)}`);
    console.log(`idle        ${show(ledger.idle + prices.dripped)}`);
    console.log(`queue       ${show(ledger.queued)} LRT in ${ledger.queueLength} batches`);
    for (const line of await queueLines(cluster, pool, reading)) console.log(`  ${line}`);
  },
);

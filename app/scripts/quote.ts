// What an LRT is worth and who waits to leave it:
//   npm run quote -- <cluster or URL> <LRT mint> <collateral mint>
import { address } from "@solana/kit";
import {
  fetchLrt,
  fetchStakePool,
  fetchWithdrawBatchFromSeeds,
} from "../client";
import { connect } from "../src/cluster";
import { findPool } from "../src/create";
import { pricesAt, tokens } from "../src/price";

const [url, lrtMint, collateralMint] = process.argv.slice(2);
if (!url || !lrtMint || !collateralMint) {
  console.error("usage: quote <cluster or URL> <LRT mint> <collateral mint>");
  process.exit(2);
}

const cluster = connect(url);
const keys = await findPool(address(lrtMint), address(collateralMint));
const slot = await cluster.getSlot({ commitment: "confirmed" }).send();
const [{ data: lrt }, { data: pool }] = await Promise.all([
  fetchLrt(cluster, keys.lrt, { commitment: "confirmed" }),
  fetchStakePool(cluster, keys.stakePool, { commitment: "confirmed" }),
]);
const prices = pricesAt(lrt, slot);
const show = (amount: bigint) => tokens(amount, lrt.fixed.decimals);

console.log(`LRT         ${keys.lrt}`);
console.log(`slot        ${slot}, epoch ${slot / lrt.fixed.epochLength}`);
console.log(`supply      ${show(prices.supply)} LRT`);
console.log(`nav         ${show(prices.nav)}`);
console.log(`rate        1 LRT pays ${show(prices.rate)}`);
console.log(`idle        ${show(pool.idle)}`);
console.log(`queue       ${show(pool.queued)} LRT in ${pool.queueLength} batches`);

let epoch = pool.headEpoch;
for (let place = 1; place <= pool.queueLength; place++) {
  const { data: batch } = await fetchWithdrawBatchFromSeeds(
    cluster,
    { stakePool: keys.stakePool, epoch },
    { commitment: "confirmed" },
  );
  const waits = show(batch.shares - batch.sharesSettled);
  const due =
    slot >= batch.dueSlot
      ? "is due"
      : `is due in ${batch.dueSlot - slot} slots (slot ${batch.dueSlot})`;
  console.log(`  ${place}. epoch ${epoch}: ${waits} LRT wait, ${due}`);
  epoch = batch.nextEpoch;
}

// Leaves through the queue: asks, waits until the batch is due, settles the queue's head until the ticket can be paid,
// claims. Settling needs no role: whoever waits can do it.
import type { TransactionSigner } from "@solana/kit";
import { setTimeout as sleep } from "node:timers/promises";
import {
  fetchMaybeWithdrawBatch,
  fetchWithdrawBatch,
  fetchWithdrawTicket,
  findWithdrawBatchPda,
  getClaimInstructionAsync,
  getCloseBatchInstructionAsync,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { CONFIRMED, waitFor, type Cluster } from "../src/cluster";
import { prepareWallet } from "../src/collateral";
import { load } from "../src/layout";
import { look, mustExist, openPool, read, tokenAccounts, type Pool } from "../src/lrt";
import { tokens } from "../src/price";
import { requestWithdraw, settleHead } from "../src/queue";
import { send } from "../src/send";

const options = {
  ...LRT,
  amount: { what: "LRT to give back", value: "10" },
  ticket: { what: "a ticket of the wallet's to go on with, instead of a new request" },
};

async function request(cluster: Cluster, pool: Pool, owner: TransactionSigner, shares: bigint) {
  const { ticket, signature } = await requestWithdraw(cluster, pool, owner, shares);
  done(`withdrawal requested, ticket ${ticket}`, signature);
  return ticket;
}

await script(
  "withdraw",
  "Requests a withdrawal, waits, settles and claims.",
  options,
  async (session) => {
    const { cluster } = session;
    const owner = await session.wallet();
    const pool = await openPool(session);
    const { stakePool } = pool;
    const shares = session.amount("amount", pool.decimals);
    const before = await look(cluster, pool, owner.address);

    // 1. Request.
    const named = session.address("ticket");
    const ticket = named ?? (await request(cluster, pool, owner, shares));
    await mustExist(cluster, `there is no ticket ${ticket}: it may have been claimed`, ticket);
    const requested = await look(cluster, pool, owner.address);
    printChanges(before, requested);

    // 2. Wait.
    const { batchEpoch, rentPayer } = await load(fetchWithdrawTicket, cluster, ticket);
    const [batch] = await findWithdrawBatchPda({ stakePool, epoch: batchEpoch });
    const own = async () => await load(fetchWithdrawBatch, cluster, batch);
    await waitFor(cluster, (await own()).dueSlot, `the batch of epoch ${batchEpoch} becomes due`);

    // 3. Settle: earlier batches come first. Refused when idle is too small: stake must come back from operators first.
    for (;;) {
      const { pool: ledger } = await read(cluster, pool);
      // Read after the ledger: if that is behind our batch already, this says so too.
      if ((await own()).leftQueue === 1) break;
      try {
        const { epoch, signature } = await settleHead(cluster, pool, owner);
        done(`batch of epoch ${epoch} settled`, signature);
      } catch (error) {
        await sleep(2_000); // somebody else may have settled it first
        const { pool: now } = await read(cluster, pool);
        if (now.headEpoch !== ledger.headEpoch || now.queueLength !== ledger.queueLength) continue;
        const why = error instanceof Error ? error.message : String(error);
        const idle = `idle is ${tokens(now.idle, pool.decimals)}, the rest is with operators`;
        throw new Error(`${why} (${idle}): go on later with --ticket ${ticket}`);
      }
    }
    const settled = await look(cluster, pool, owner.address);
    printChanges(requested, settled);

    // 4. Claim, which closes the ticket.
    const { collateral } = await tokenAccounts(pool, owner.address);
    done(
      "claimed",
      await send(cluster, owner, [
        ...(await prepareWallet(cluster, pool, owner, 0n)),
        await getClaimInstructionAsync({
          ...pool,
          batch,
          ticket,
          destination: collateral,
          claimer: owner,
          rentPayer,
        }),
      ]),
    );
    printChanges(settled, await look(cluster, pool, owner.address));

    // 5. The last one out closes the batch, and its rent goes back.
    const left = await fetchMaybeWithdrawBatch(cluster, batch, CONFIRMED);
    if (left.exists && left.data.sharesClosed === left.data.shares) {
      const close = await getCloseBatchInstructionAsync({
        ...pool,
        batch,
        rentPayer: left.data.rentPayer,
      });
      done("batch closed, its rent returned", await send(cluster, owner, [close]));
    }
  },
);

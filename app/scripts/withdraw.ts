// Leaves through the queue: asks, waits until the batch is due, settles the queue's head until the ticket can be paid,
// claims. Settling needs no role: whoever waits can do it.
import type { Address, TransactionSigner } from "@solana/kit";
import {
  fetchMaybeWithdrawBatch,
  fetchWithdrawBatch,
  fetchWithdrawTicket,
  findWithdrawBatchPda,
  findWithdrawTicketPda,
  getClaimInstructionAsync,
  getCloseBatchInstructionAsync,
  getRequestWithdrawInstructionAsync,
  getSettleInstructionAsync,
  LIQUID_RESTAKING_ERROR__WRONG_EPOCH,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { CONFIRMED, send, waitFor, type Cluster } from "../src/cluster";
import { prepareWallet } from "../src/collateral";
import { look, mustExist, openPool, read, tokenAccounts, type Pool } from "../src/lrt";
import { tokens } from "../src/price";
import { Refused } from "../src/refused";

const options = {
  ...LRT,
  amount: { what: "LRT to give back", value: "10" },
  ticket: { what: "a ticket of the wallet's to go on with, instead of a new request" },
};

/** Asks to leave, and returns the ticket. Any nonce that is not in use makes one; the epoch must be that in which it lands. */
async function request(
  cluster: Cluster,
  pool: Pool,
  owner: TransactionSigner,
  shares: bigint,
): Promise<Address> {
  const { stakePool } = pool;
  const nonce = BigInt(Date.now());
  const [ticket] = await findWithdrawTicketPda({ stakePool, owner: owner.address, nonce });
  for (let attempt = 1; ; attempt++) {
    const { slot, lrt, pool: ledger } = await read(cluster, pool);
    const epoch = slot / lrt.fixed.epochLength;
    // The first request of an epoch opens its batch behind the queue's tail.
    const [tail] = await findWithdrawBatchPda({ stakePool, epoch: ledger.tailEpoch });
    const opensBehindTail = ledger.queueLength > 0 && ledger.tailEpoch !== epoch;
    try {
      const signature = await send(cluster, owner, [
        await getRequestWithdrawInstructionAsync({
          ...pool,
          tailBatch: opensBehindTail ? tail : undefined,
          owner,
          payer: owner,
          shares,
          nonce,
          epoch,
        }),
      ]);
      done(`withdrawal requested, ticket ${ticket}`, signature);
      return ticket;
    } catch (error) {
      const late = error instanceof Refused && error.code === LIQUID_RESTAKING_ERROR__WRONG_EPOCH;
      if (!late || attempt === 3) throw error;
    }
  }
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
    const { batchEpoch, rentPayer } = (await fetchWithdrawTicket(cluster, ticket, CONFIRMED)).data;
    const [batch] = await findWithdrawBatchPda({ stakePool, epoch: batchEpoch });
    const own = async () => (await fetchWithdrawBatch(cluster, batch, CONFIRMED)).data;
    await waitFor(cluster, (await own()).dueSlot, `the batch of epoch ${batchEpoch} becomes due`);

    // 3. Settle: earlier batches come first. Refused when idle is too small: stake must come back from operators first.
    while ((await own()).leftQueue === 0) {
      const { pool: ledger } = await read(cluster, pool);
      const [head] = await findWithdrawBatchPda({ stakePool, epoch: ledger.headEpoch });
      const settle = await getSettleInstructionAsync({ ...pool, batch: head });
      const signature = await send(cluster, owner, [settle]).catch((error: Error) => {
        const idle = `idle is ${tokens(ledger.idle, pool.decimals)}, the rest is with operators`;
        throw new Error(`${error.message} (${idle}): go on later with --ticket ${ticket}`);
      });
      done(`batch of epoch ${ledger.headEpoch} settled`, signature);
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

// The withdrawal queue: asking to leave through it, and settling its head.
import type { Address, Signature, TransactionSigner } from "@solana/kit";
import {
  findWithdrawBatchPda,
  findWithdrawTicketPda,
  getRequestWithdrawInstructionAsync,
  getSettleInstructionAsync,
  LIQUID_RESTAKING_ERROR__TAIL_BATCH_MISSING,
  LIQUID_RESTAKING_ERROR__WRONG_EPOCH,
} from "../client";
import type { Cluster } from "./cluster";
import { read, type Pool } from "./lrt";
import { Refused } from "./refused";
import { send } from "./send";

/** How often a request is made, at most. */
const ATTEMPTS = 4;

/** The queue is another than it was read: the epoch has ended, or somebody else opened its batch or moved the tail. */
const OVERTAKEN: readonly (number | undefined)[] = [
  LIQUID_RESTAKING_ERROR__WRONG_EPOCH,
  LIQUID_RESTAKING_ERROR__TAIL_BATCH_MISSING,
];

export type Ticket = { ticket: Address; batch: Address; epoch: bigint; signature: Signature };

/** Asks to leave. Any nonce that is not in use makes a ticket; the epoch must be that in which the request lands. */
export async function requestWithdraw(
  cluster: Cluster,
  pool: Pool,
  owner: TransactionSigner,
  shares: bigint,
): Promise<Ticket> {
  const { stakePool } = pool;
  const nonce = BigInt(Date.now());
  const [ticket] = await findWithdrawTicketPda({ stakePool, owner: owner.address, nonce });
  for (let attempt = 1; ; attempt++) {
    const { slot, lrt, pool: ledger } = await read(cluster, pool);
    const epoch = slot / lrt.fixed.epochLength;
    const [batch] = await findWithdrawBatchPda({ stakePool, epoch });
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
      return { ticket, batch, epoch, signature };
    } catch (error) {
      // A refused transaction has no effect: read the queue again, and make another.
      const overtaken = error instanceof Refused && OVERTAKEN.includes(error.code);
      if (!overtaken || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Settles the batch at the head of the queue, whoever's it is: nobody needs a role for it. */
export async function settleHead(cluster: Cluster, pool: Pool, payer: TransactionSigner) {
  const { headEpoch } = (await read(cluster, pool)).pool;
  const [batch] = await findWithdrawBatchPda({ stakePool: pool.stakePool, epoch: headEpoch });
  const settle = await getSettleInstructionAsync({ ...pool, batch });
  return { epoch: headEpoch, signature: await send(cluster, payer, [settle]) };
}

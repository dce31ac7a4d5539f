// An LRT as a script meets it: found by its mint, read with what a wallet has of it, its operators and AVSs.
import {
  address,
  fetchEncodedAccount,
  getBase58Decoder,
  type Address,
  type Base58EncodedBytes,
} from "@solana/kit";
import {
  fetchAllMaybeToken,
  findAssociatedTokenPda,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  DELEGATION_DISCRIMINATOR,
  fetchMaybeLrt,
  fetchStakePool,
  fetchWithdrawBatchFromSeeds,
  findAllocationPda,
  findDelegationPda,
  findLrtPda,
  findOptInRecordPda,
  findPoolAvsPda,
  getDelegationDecoder,
  LIQUID_RESTAKING_PROGRAM_ADDRESS,
  type Delegation,
  type Lrt,
  type StakePool,
} from "../client";
import type { Session } from "./cli";
import { CONFIRMED, mustHaveProgram, slotNow, type Cluster } from "./cluster";
import { known, load } from "./layout";
import { pricesAt, tokens } from "./price";

/** An LRT and its stake pool: where they are, and what of them never changes. */
export type Pool = {
  lrtMint: Address;
  lrt: Address;
  stakePool: Address;
  vault: Address;
  collateralMint: Address;
  collateralTokenProgram: Address;
  decimals: number;
};

/** The LRT that `--lrt` names, or the one last created from here. */
export async function openPool(session: Session): Promise<Pool> {
  const { cluster, url } = session;
  await mustHaveProgram(cluster);
  const lrtMint = session.address("lrt") ?? (await lastCreated(cluster));
  if (!lrtMint)
    throw new Error(`no LRT was created on ${url} from here: name one with --lrt, or run create`);
  const [lrt] = await findLrtPda({ lrtMint });
  const found = await fetchMaybeLrt(cluster, lrt, CONFIRMED);
  if (!found.exists) {
    throw new Error(
      `${lrtMint} is not the mint of an LRT on ${url}: is --lrt the mint, and --url its cluster?`,
    );
  }
  const { pools, poolCount, fixed } = known(found.data);
  const row = pools[0];
  if (!row || poolCount === 0) throw new Error(`LRT ${lrtMint} has no stake pool`);
  const pool = await load(fetchStakePool, cluster, row.stakePool);
  return {
    lrtMint,
    lrt,
    stakePool: row.stakePool,
    vault: pool.vault,
    collateralMint: pool.collateralMint,
    collateralTokenProgram: pool.tokenProgram,
    decimals: fixed.decimals,
  };
}

export type Reading = { slot: bigint; lrt: Lrt; pool: StakePool };

/** Both accounts now. */
export async function read(cluster: Cluster, pool: Pool): Promise<Reading> {
  const [slot, lrt, stakePool] = await Promise.all([
    slotNow(cluster),
    fetchMaybeLrt(cluster, pool.lrt, CONFIRMED),
    load(fetchStakePool, cluster, pool.stakePool),
  ]);
  if (!lrt.exists) throw new Error(`the LRT ${pool.lrtMint} has been closed`);
  return { slot, lrt: known(lrt.data), pool: stakePool };
}

/** A wallet's associated token accounts for the collateral and for the LRT. */
export async function tokenAccounts(pool: Pool, owner: Address) {
  const [[collateral], [lrt]] = await Promise.all([
    findAssociatedTokenPda({
      owner,
      mint: pool.collateralMint,
      tokenProgram: pool.collateralTokenProgram,
    }),
    findAssociatedTokenPda({
      owner,
      mint: pool.lrtMint,
      tokenProgram: TOKEN_PROGRAM_ADDRESS,
    }),
  ]);
  return { collateral, lrt };
}

/** What there is to see of an LRT, in rows for `printChanges`: prices as an `accrue` now would leave them. */
export async function look(cluster: Cluster, pool: Pool, owner?: Address) {
  const { slot, lrt, pool: ledger } = await read(cluster, pool);
  const prices = pricesAt(lrt, slot);
  const show = (amount: bigint) => tokens(amount, pool.decimals);
  const rows: Record<string, string> = {
    "LRT in being": show(prices.supply),
    "value behind them": show(prices.nav),
    "one LRT pays": show(prices.rate),
    dripping: show(prices.dripping),
    idle: show(ledger.idle + prices.dripped),
    "with operators": show(ledger.delegated),
    "operators' bonds": show(ledger.bonds),
    "waiting to leave": `${show(ledger.queued)} LRT`,
    "settled, unclaimed": show(ledger.claimable),
    "owed to operators": show(ledger.operatorsOwed),
    "owed to fee wallet": `${show(ledger.feesOwed)} and ${show(lrt.feeShares)} LRT`,
  };
  if (owner) {
    const accounts = await tokenAccounts(pool, owner);
    const [collateral, held] = await fetchAllMaybeToken(
      cluster,
      [accounts.collateral, accounts.lrt],
      CONFIRMED,
    );
    rows["wallet: collateral"] = show(collateral?.exists ? collateral.data.amount : 0n);
    rows["wallet: LRT"] = show(held?.exists ? held.data.amount : 0n);
  }
  return rows;
}

/** Who waits to leave, batch by batch, for people to read. */
export async function queueLines(
  cluster: Cluster,
  pool: Pool,
  { slot, pool: ledger }: Reading,
): Promise<string[]> {
  const lines: string[] = [];
  let epoch = ledger.headEpoch;
  for (let place = 1; place <= ledger.queueLength; place++) {
    const seeds = { stakePool: pool.stakePool, epoch };
    const batch = known((await fetchWithdrawBatchFromSeeds(cluster, seeds, CONFIRMED)).data);
    const waits = tokens(batch.shares - batch.sharesSettled, pool.decimals);
    const due =
      slot >= batch.dueSlot
        ? "is due"
        : `is due in ${batch.dueSlot - slot} slots (slot ${batch.dueSlot})`;
    lines.push(`${place}. epoch ${epoch}: ${waits} LRT wait, ${due}`);
    epoch = batch.nextEpoch;
  }
  return lines;
}

/** The pool's delegations: one for each operator that it has ever accepted and not closed. */
export async function delegations(cluster: Cluster, pool: Pool): Promise<Delegation[]> {
  const base58 = (bytes: Iterable<number>) =>
    getBase58Decoder().decode(Uint8Array.from(bytes)) as string as Base58EncodedBytes;
  const memcmp = (offset: bigint, bytes: string) => ({
    memcmp: { offset, bytes: bytes as Base58EncodedBytes, encoding: "base58" as const },
  });
  const accounts = await cluster
    .getProgramAccounts(LIQUID_RESTAKING_PROGRAM_ADDRESS, {
      ...CONFIRMED,
      encoding: "base64",
      filters: [memcmp(0n, base58(DELEGATION_DISCRIMINATOR)), memcmp(8n, pool.stakePool)],
    })
    .send();
  return accounts.map(({ account }) =>
    known(getDelegationDecoder().decode(Buffer.from(account.data[0], "base64"))),
  );
}

/** The AVSs that the pool has accepted, ended ones included, with their places in its table. */
export const acceptedAvss = (pool: StakePool) =>
  pool.avss.map((row, place) => ({ ...row, place })).filter(({ avs }) => avs !== NOBODY);

/** The default key. */
export const NOBODY = address("11111111111111111111111111111111");

/** An operator's stake with an AVS: who they are and where everything about them is. */
export type Work = {
  operator: Address;
  avs: Address;
  delegation: Address;
  poolAvs: Address;
  optIn: Address;
  allocation: Address;
};

/** Where everything about an operator and an AVS of a pool is. */
export async function workOf(pool: Pool, operator: Address, avs: Address): Promise<Work> {
  const { stakePool } = pool;
  const [[delegation], [poolAvs], [optIn]] = await Promise.all([
    findDelegationPda({ stakePool, operator }),
    findPoolAvsPda({ stakePool, avs }),
    findOptInRecordPda({ operator, avs }),
  ]);
  const [allocation] = await findAllocationPda({ delegation, avs });
  return { operator, avs, delegation, poolAvs, optIn, allocation };
}

/** The options that name operator and AVS. */
export const WORK = {
  operator: { what: "the operator; the pool's first unless given" },
  avs: { what: "the AVS; the pool's first unless given" },
};

/** The operator and the AVS that the options name, or the pool's first. */
export async function openWork(session: Session, pool: Pool): Promise<Work> {
  const operator =
    session.address("operator") ??
    (await delegations(session.cluster, pool)).find(({ cap }) => cap.now > 0n)?.operator;
  const avs =
    session.address("avs") ??
    acceptedAvss((await read(session.cluster, pool)).pool).find(({ capBps }) => capBps > 0)?.avs;
  if (!operator || !avs)
    throw new Error(`the pool has accepted no ${operator ? "AVS" : "operator"}: run join first`);
  return workOf(pool, operator, avs);
}

/** Fails with a sentence when nothing is at an address. */
export async function mustExist(cluster: Cluster, what: string, key: Address) {
  const account = await fetchEncodedAccount(cluster, key, CONFIRMED);
  if (!account.exists) throw new Error(what);
}

// The LRT last created on each cluster, for `--lrt`. A cluster is known by its genesis: a reset one is another.
const LAST = fileURLToPath(new URL("../.last-lrt.json", import.meta.url));

async function readLast(): Promise<Record<string, Address>> {
  try {
    return JSON.parse(await readFile(LAST, "utf8")) as Record<string, Address>;
  } catch {
    return {};
  }
}

async function lastCreated(cluster: Cluster): Promise<Address | undefined> {
  const last = await readLast();
  return last[await cluster.getGenesisHash().send()];
}

/** Makes an LRT the one that scripts mean when none is named. */
export async function remember(cluster: Cluster, lrtMint: Address) {
  const genesis = await cluster.getGenesisHash().send();
  const last = { ...(await readLast()), [genesis]: lrtMint };
  await writeFile(LAST, `${JSON.stringify(last, null, 2)}\n`);
}

// The AVS's slasher proposes a slash, nobody vetoes it, and anyone executes it: the operator's bond first, then stake.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  fetchPoolAvs,
  fetchSlashProposal,
  findSinkPda,
  findSlashProposalPda,
  getCloseProposalInstructionAsync,
  getExecuteSlashInstructionAsync,
  getProposeSlashInstructionAsync,
  SlashState,
} from "../client";
import { findAssociatedTokenPda } from "@solana-program/token";
import { done, LRT, path, printChanges, script } from "../src/cli";
import { waitFor } from "../src/cluster";
import { NATIVE_MINT } from "../src/create";
import { load } from "../src/layout";
import { look, mustExist, NOBODY, openPool, openWork, WORK } from "../src/lrt";
import { tokens } from "../src/price";
import { Refused } from "../src/refused";
import { send } from "../src/send";

const options = {
  ...LRT,
  ...WORK,
  amount: { what: "collateral to slash", value: "5" },
  evidence: { what: "file of evidence, whose SHA-256 is published; a made-up one unless given" },
  uri: { what: "where everybody can read the evidence", value: "https://avs.example/evidence/1" },
};

/** What the slasher has seen, where no file says it. */
const SEEN = '{"slot": 12345, "offence": "signed two blocks"}\n';

/** The SHA-256 of a file. */
async function hashOf(file: string) {
  const evidence = file
    ? await readFile(path(file)).catch(() => {
        throw new Error(`the evidence ${file} can not be read`);
      })
    : SEEN;
  return createHash("sha256").update(evidence).digest();
}

await script(
  "slash",
  "Proposes a slash, waits for the veto window, executes it.",
  options,
  async (session) => {
    const { cluster } = session;
    const evidence = await hashOf(session.option("evidence"));
    const slasher = await session.wallet();
    const pool = await openPool(session);
    const work = await openWork(session, pool);
    await mustExist(cluster, "nothing is allocated to the AVS: run restake first", work.allocation);
    const { proposals, accepted, blockedUntil } = await load(fetchPoolAvs, cluster, work.poolAvs);
    await waitFor(cluster, blockedUntil, "after its last proposal the AVS is blocked");
    const [proposal] = await findSlashProposalPda({ poolAvs: work.poolAvs, index: proposals });
    const before = await look(cluster, pool);

    done(
      "slash proposed: exits count what no bond covers as lost from now on",
      await send(cluster, slasher, [
        await getProposeSlashInstructionAsync({
          ...pool,
          ...work,
          proposal,
          slasher,
          payer: slasher,
          amount: session.amount("amount", pool.decimals),
          evidence,
          uri: session.option("uri"),
        }),
      ]),
    );
    console.log(`  evidence's SHA-256   ${evidence.toString("hex")}`);
    const proposed = await look(cluster, pool);
    printChanges(before, proposed);

    const { executionSlot, rentPayer } = await load(fetchSlashProposal, cluster, proposal);
    await waitFor(cluster, executionSlot, "until then the resolver may veto");
    const burns = accepted.destination === NOBODY;
    const [wallet] = await findAssociatedTokenPda({
      owner: accepted.destination,
      mint: pool.collateralMint,
      tokenProgram: pool.collateralTokenProgram,
    });
    const [sink] = await findSinkPda(pool);
    const execute = await getExecuteSlashInstructionAsync({
      ...pool,
      ...work,
      proposal,
      destination: burns ? undefined : wallet,
      sink: pool.collateralMint === NATIVE_MINT ? sink : undefined,
    });
    try {
      done("slash executed: anyone may", await send(cluster, slasher, [execute]));
    } catch (error) {
      const { state } = await load(fetchSlashProposal, cluster, proposal);
      if (!(error instanceof Refused) || state !== SlashState.Executed) throw error;
      done("slash executed by somebody else, a keeper for one");
    }
    printChanges(proposed, await look(cluster, pool));
    const { fromBond, fromStake } = await load(fetchSlashProposal, cluster, proposal);
    console.log(
      `  bond paid ${tokens(fromBond, pool.decimals)}, stake ${tokens(fromStake, pool.decimals)}`,
    );

    done(
      "proposal closed, its rent returned",
      await send(cluster, slasher, [
        await getCloseProposalInstructionAsync({ ...work, proposal, rentPayer }),
      ]),
    );
  },
);

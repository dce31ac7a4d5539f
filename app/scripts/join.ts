// An operator and an AVS are registered, accepted by the stake pool, and opt in to each other. The wallet plays all of
// them here: operator, AVS, its slasher and resolver, and the LRT's admin. Before the first deposit acceptance is
// immediate; afterwards it waits for the timelock.
import { generateKeyPairSigner } from "@solana/kit";
import {
  fetchDelegation,
  fetchLrt,
  fetchPoolAvs,
  findAvsPda,
  findOperatorPda,
  getApplyAvsInstructionAsync,
  getApplyOperatorCapInstructionAsync,
  getOptInInstructionAsync,
  getPostBondInstructionAsync,
  getProposeAvsInstructionAsync,
  getRegisterAvsInstructionAsync,
  getRegisterOperatorInstructionAsync,
  getSetOperatorCapInstructionAsync,
  Side,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { waitFor } from "../src/cluster";
import { prepareWallet } from "../src/collateral";
import { load } from "../src/layout";
import { look, NOBODY, openPool, tokenAccounts, workOf } from "../src/lrt";
import { send } from "../src/send";

const options = {
  ...LRT,
  cap: { what: "most collateral that the operator may get", value: "10000" },
  bond: { what: "collateral that the operator posts, slashed first; 0: none", value: "1" },
};

await script(
  "join",
  "Registers an operator and an AVS, accepts and opts in both.",
  options,
  async (session) => {
    const { cluster } = session;
    const wallet = await session.wallet();
    const pool = await openPool(session);
    const { lrt, stakePool } = pool;
    const { fixed } = await load(fetchLrt, cluster, lrt);

    // Anyone may register. A fresh base key gives each its address: it signs once and is forgotten.
    const [operatorBase, avsBase] = await Promise.all([
      generateKeyPairSigner(),
      generateKeyPairSigner(),
    ]);
    const [operator] = await findOperatorPda({ base: operatorBase.address });
    const [avs] = await findAvsPda({ base: avsBase.address });
    const exitDelay = fixed.maxExitDelay;
    const offer = {
      slasher: wallet.address,
      resolver: wallet.address,
      destination: NOBODY, // burn what is slashed
      terms: {
        exitDelay,
        vetoWindow: (exitDelay + 5n) / 6n,
        executionWindow: exitDelay / 3n,
        slashWindow: exitDelay,
        slashCapBps: 5_000,
      },
    };
    done(
      "operator and AVS registered",
      await send(cluster, wallet, [
        await getRegisterOperatorInstructionAsync({
          base: operatorBase,
          authority: wallet,
          payer: wallet,
          commissionBps: 500,
          uri: "https://operator.example",
        }),
        await getRegisterAvsInstructionAsync({
          base: avsBase,
          authority: wallet,
          payer: wallet,
          offer,
          uri: "https://avs.example",
        }),
      ]),
    );
    console.log(`  operator             ${operator}\n  AVS                  ${avs}`);

    // Both sides consent, each by its own authority; the consent warms up from now on.
    const both = { operator, avs, authority: wallet, payer: wallet };
    done(
      "operator and AVS opted in to each other",
      await send(cluster, wallet, [
        await getOptInInstructionAsync({ ...both, side: Side.Operator }),
        await getOptInInstructionAsync({ ...both, side: Side.Avs }),
      ]),
    );

    // The LRT's admin accepts both, each up to a cap.
    const cap = session.amount("cap", pool.decimals);
    const admin = { lrt, stakePool, admin: wallet, payer: wallet };
    done(
      "accepted by the admin, or proposed",
      await send(cluster, wallet, [
        await getSetOperatorCapInstructionAsync({ ...admin, operator, cap }),
        await getProposeAvsInstructionAsync({ ...admin, avs, capBps: 10_000 }),
      ]),
    );
    const { delegation, poolAvs } = await workOf(pool, operator, avs);
    const accepted = await load(fetchPoolAvs, cluster, poolAvs);
    const { cap: operatorCap } = await load(fetchDelegation, cluster, delegation);
    const ripe = [accepted.timelock.ripeSlot, operatorCap.timelock.ripeSlot].reduce((a, b) =>
      a > b ? a : b,
    );
    if (ripe > 0n) {
      await waitFor(
        cluster,
        ripe,
        "somebody holds LRT, so a new operator or AVS waits for the timelock",
      );
      done(
        "both acceptances applied",
        await send(cluster, wallet, [
          await getApplyOperatorCapInstructionAsync({ delegation }),
          await getApplyAvsInstructionAsync({ lrt, stakePool, poolAvs }),
        ]),
      );
    }

    const bond = session.amount("bond", pool.decimals);
    if (bond === 0n) return;
    const before = await look(cluster, pool, wallet.address);
    const { collateral } = await tokenAccounts(pool, wallet.address);
    done(
      "bond posted by the operator",
      await send(cluster, wallet, [
        ...(await prepareWallet(cluster, pool, wallet, bond)),
        await getPostBondInstructionAsync({
          ...pool,
          operator,
          authority: wallet,
          collateral,
          amount: bond,
        }),
      ]),
    );
    printChanges(before, await look(cluster, pool, wallet.address));
  },
);

// Pays the fee wallet and the operator what rewards and fees have left them. Anyone may call it: it pays nobody else.
import type { Address } from "@solana/kit";
import {
  getCreateAssociatedTokenIdempotentInstructionAsync,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import {
  fetchDelegation,
  fetchOperator,
  getCollectCommissionInstructionAsync,
  getCollectFeesInstructionAsync,
} from "../client";
import { done, LRT, printChanges, script } from "../src/cli";
import { load } from "../src/layout";
import { look, openPool, openWork, read, tokenAccounts, WORK } from "../src/lrt";
import { send } from "../src/send";

const options = { ...LRT, operator: WORK.operator };

await script(
  "collect",
  "Pays fee wallet and operator what they are owed.",
  options,
  async (session) => {
    const { cluster } = session;
    const collector = await session.wallet();
    const pool = await openPool(session);
    const before = await look(cluster, pool, collector.address);
    /** Opens a wallet's token accounts where they are missing. */
    const open = (owner: Address) =>
      Promise.all(
        [
          { mint: pool.collateralMint, tokenProgram: pool.collateralTokenProgram },
          { mint: pool.lrtMint, tokenProgram: TOKEN_PROGRAM_ADDRESS },
        ].map((token) =>
          getCreateAssociatedTokenIdempotentInstructionAsync({ payer: collector, owner, ...token }),
        ),
      );

    const { lrt, pool: ledger } = await read(cluster, pool);
    if (ledger.feesOwed + lrt.feeShares > 0n) {
      const { feeWallet } = lrt.params;
      const accounts = await tokenAccounts(pool, feeWallet);
      done(
        "fees collected for the fee wallet",
        await send(cluster, collector, [
          ...(await open(feeWallet)),
          await getCollectFeesInstructionAsync({
            ...pool,
            feeLrt: accounts.lrt,
            feeCollateral: accounts.collateral,
            collector,
          }),
        ]),
      );
    }

    const { operator, delegation } = await openWork(session, pool);
    const { owed } = await load(fetchDelegation, cluster, delegation);
    if (owed > 0n) {
      const { holder } = (await load(fetchOperator, cluster, operator)).authority;
      const { collateral } = await tokenAccounts(pool, holder);
      done(
        "commission collected for the operator",
        await send(cluster, collector, [
          ...(await open(holder)),
          await getCollectCommissionInstructionAsync({
            ...pool,
            operator,
            destination: collateral,
            collector,
          }),
        ]),
      );
    }
    if (ledger.feesOwed + lrt.feeShares + owed === 0n) console.log("nothing is owed");
    printChanges(before, await look(cluster, pool, collector.address));
  },
);

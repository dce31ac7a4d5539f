// A reward in another token: the admin opens the LRT's reward book and a stream in it, a holder stakes LRT, somebody funds
// the stream, and the holder claims what it has shared out. Staked LRT carries the rate as before.
import type { Address, TransactionSigner } from "@solana/kit";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import {
  fetchMaybeRewardPosition,
  fetchRewardBook,
  findRewardBookPda,
  findRewardPositionPda,
  getAddStreamInstructionAsync,
  getClaimStreamInstructionAsync,
  getClosePositionInstructionAsync,
  getCreateRewardBookInstructionAsync,
  getFundStreamInstructionAsync,
  getStakePositionInstructionAsync,
  getUnstakePositionInstructionAsync,
} from "../client";
import { done, LRT, script, wholeNumber } from "../src/cli";
import { CONFIRMED, waitFor, type Cluster } from "../src/cluster";
import { createTestTokens } from "../src/collateral";
import { known, load } from "../src/layout";
import { NOBODY, openPool, read, tokenAccounts, type Pool } from "../src/lrt";
import { tokens } from "../src/price";
import { send } from "../src/send";

/** Decimals of the test token. */
const DECIMALS = 9;

const options = {
  ...LRT,
  amount: { what: "LRT to stake", value: "10" },
  fund: { what: "test tokens to share out", value: "7" },
  slots: { what: "over how many slots", value: "40" },
};

/** The LRT's reward book, created where it is missing. */
async function openBook(cluster: Cluster, pool: Pool, admin: TransactionSigner): Promise<Address> {
  const [book] = await findRewardBookPda(pool);
  if ((await read(cluster, pool)).lrt.hasRewardBook === 0) {
    const create = await getCreateRewardBookInstructionAsync({ ...pool, admin, payer: admin });
    done("reward book created", await send(cluster, admin, [create]));
  }
  return book;
}

await script(
  "stream",
  "Opens a stream of test tokens, stakes LRT for it, claims, unstakes.",
  options,
  async (session) => {
    const { cluster } = session;
    const wallet = await session.wallet();
    const pool = await openPool(session);
    const shares = session.amount("amount", pool.decimals);
    const funding = session.amount("fund", DECIMALS);
    const book = await openBook(cluster, pool, wallet);
    const stream = async () => (await load(fetchRewardBook, cluster, book)).streams;

    // 1. A stream at the first free place, of a token of its own.
    const place = (await stream()).findIndex(({ mint }) => mint === NOBODY);
    if (place < 0) throw new Error("the reward book has no place left for another stream");
    const rewardMint = await createTestTokens(cluster, wallet, DECIMALS, funding);
    const at = { book, place, rewardTokenProgram: TOKEN_PROGRAM_ADDRESS };
    done(
      `stream added at place ${place}: token ${rewardMint}`,
      await send(cluster, wallet, [
        await getAddStreamInstructionAsync({
          ...pool,
          ...at,
          admin: wallet,
          payer: wallet,
          rewardMint,
          slots: wholeNumber("slots", session.option("slots")),
          allowFreeze: false,
        }),
      ]),
    );

    // 2. A holder stakes. Without anyone staked a stream would stand still.
    const owner = wallet.address;
    const { lrt: userLrt } = await tokenAccounts(pool, owner);
    const [position] = await findRewardPositionPda({ book, owner });
    const staking = { book, userLrt, owner: wallet, shares };
    done(
      `staked ${tokens(shares, pool.decimals)} LRT in position ${position}`,
      await send(cluster, wallet, [
        await getStakePositionInstructionAsync({ ...staking, payer: wallet }),
      ]),
    );

    // 3. Anyone funds the stream, which shares it out slot by slot.
    const [token] = await findAssociatedTokenPda({
      owner,
      mint: rewardMint,
      tokenProgram: TOKEN_PROGRAM_ADDRESS,
    });
    done(
      `funded with ${tokens(funding, DECIMALS)}`,
      await send(cluster, wallet, [
        await getFundStreamInstructionAsync({
          ...at,
          source: token,
          funder: wallet,
          amount: funding,
        }),
      ]),
    );
    const end = (await stream())[place]?.drip.end ?? 0n;
    await waitFor(cluster, end, "the stream shares it out");

    // 4. Claim, and take the LRT back: the position closes when nothing else is owed to it.
    const claim = await getClaimStreamInstructionAsync({
      ...at,
      position,
      destination: token,
      claimer: wallet,
    });
    const open = await getCreateAssociatedTokenIdempotentInstructionAsync({
      payer: wallet,
      owner,
      mint: rewardMint,
    });
    const unstake = await getUnstakePositionInstructionAsync(staking);
    done("claimed and unstaked", await send(cluster, wallet, [open, claim, unstake]));
    const { value } = await cluster.getTokenAccountBalance(token, CONFIRMED).send();
    console.log(`  claimed ${value.uiAmountString} of ${tokens(funding, DECIMALS)}`);

    const left = await fetchMaybeRewardPosition(cluster, position, CONFIRMED);
    if (left.exists && known(left.data).shares === 0n) {
      const { rentPayer } = left.data;
      const close = await getClosePositionInstructionAsync({ book, position, rentPayer });
      done("position closed, its rent returned", await send(cluster, wallet, [close]));
    }
  },
);

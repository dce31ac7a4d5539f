// What somebody without a role tries.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction } from "@solana/kit";
import * as client from "../../client";
import { tokenAccounts } from "../../src/lrt";
import { requestWithdraw } from "../../src/queue";
import { delegate, restaked } from "./parties";
import { ONE, World } from "./world";

test("a stranger may do nothing that is another's, and nothing changes", async () => {
  const world = await World.create();
  const { pool, alice, stranger } = world;
  const { works, operators, avs } = await restaked(world, 1, 30n * ONE);
  const work = works[0]!;
  const { ticket, batch } = await requestWithdraw(world.cluster, pool, alice, ONE);
  await world.supply(stranger.address, 0n);
  const own = await tokenAccounts(pool, stranger.address);
  const by = { ...pool, ...work, manager: stranger, admin: stranger, payer: stranger };

  const attempts: [string, Instruction][] = [
    ["NotAdmin", await client.getSetDepositCapInstructionAsync({ ...by, cap: 0n })],
    ["NotAdmin", await client.getProposeParamsInstructionAsync({ ...by, params: world.params })],
    ["NotAdmin", await client.getSetOperatorCapInstructionAsync({ ...by, cap: 0n })],
    ["NotAdmin", await client.getProposeAvsInstructionAsync({ ...by, capBps: 0 })],
    ["NotAdmin", await client.getCreateRewardBookInstructionAsync(by)],
    [
      "NotRoleHolder",
      await client.getProposeRoleInstructionAsync({
        ...by,
        signer: stranger,
        role: client.RoleKind.Admin,
        successor: stranger.address,
      }),
    ],
    [
      "NotGuardian",
      await client.getSetPauseInstructionAsync({
        ...by,
        guardian: stranger,
        what: client.Pausable.InstantExits,
        slots: 100,
      }),
    ],
    ["NotManager", await delegate(world, work, ONE, stranger)],
    ["NotManager", await client.getDeallocateInstructionAsync({ ...by, amount: ONE })],
    ["NotManager", await client.getUndelegateInstructionAsync({ ...by, amount: ONE })],
    [
      "NotTicketOwner",
      await client.getTransferTicketInstructionAsync({
        ticket,
        owner: stranger,
        newOwner: stranger.address,
      }),
    ],
    [
      "NotTicketOwner",
      await client.getCancelWithdrawInstructionAsync({
        ...by,
        batch,
        ticket,
        owner: stranger,
        userCollateral: own.collateral,
        rentPayer: alice.address,
      }),
    ],
    [
      "NotOwnersAssociatedAccount",
      await client.getClaimInstructionAsync({
        ...by,
        batch,
        ticket,
        destination: own.collateral,
        claimer: stranger,
        rentPayer: alice.address,
      }),
    ],
    [
      "NotOperatorAuthority",
      await client.getWithdrawBondInstructionAsync({
        ...by,
        operator: operators[0]!.operator,
        authority: stranger,
        collateral: own.collateral,
        amount: ONE,
      }),
    ],
    [
      "NotAvsAuthority",
      await client.getUpdateAvsInstructionAsync({
        avs: avs.avs,
        authority: stranger,
        slasher: stranger.address,
        resolver: null,
        terms: null,
        uri: null,
        successor: null,
      }),
    ],
  ];
  const before = await world.everything();
  for (const [name, attempt] of attempts) await world.refuses(name, stranger, attempt);
  assert.deepEqual(await world.everything(), before);
  assert.deepEqual(await world.held(stranger.address), { collateral: 0n, lrt: 0n });
  await world.check();
});

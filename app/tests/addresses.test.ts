// Addresses and names: those of the program, the Rust SDK and the IDL.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  generateKeyPairSigner,
  getAddressEncoder,
  getProgramDerivedAddress,
  type Address,
} from "@solana/kit";
import { decodeToken } from "@solana-program/token";
import * as client from "../client";
import { createLrtWithPool, findPool, NATIVE_MINT } from "../src/create";
import { LAYOUT_VERSION } from "../src/layout";
import { exported, idl } from "./events";
import { FIXED, ONE, PARAMS, World } from "./world";

test("wrapped SOL gets a sink", async () => {
  const world = new World();
  world.svm.withNativeMints();
  const alice = await world.wallet();
  const lrtMint = await generateKeyPairSigner();
  const { stakePool } = await findPool(lrtMint.address, NATIVE_MINT);
  await world.send(
    alice,
    ...(await createLrtWithPool({
      lrtMint,
      admin: alice,
      payer: alice,
      collateralMint: NATIVE_MINT,
      depositCap: ONE,
      allowFreeze: false,
      args: {
        manager: alice.address,
        guardian: alice.address,
        fixed: FIXED,
        params: { ...PARAMS, feeWallet: alice.address },
      },
    })),
  );
  const [sink] = await client.findSinkPda({ stakePool });
  const { mint, owner } = world.read(sink, decodeToken);
  assert.deepEqual([mint, owner], [NATIVE_MINT, sink]);
});

test("the seeds of every address are those of the Rust SDK", async () => {
  const text = (seed: string) => new TextEncoder().encode(seed);
  const number = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return Uint8Array.from(bytes);
  };
  const keys = await Promise.all([1, 2].map(async () => (await generateKeyPairSigner()).address));
  const [a, b] = keys as [Address, Address];
  const key = (address: Address) => Uint8Array.from(getAddressEncoder().encode(address));
  // sdk/src/address.rs
  const expected: [Promise<readonly [Address, number]>, Uint8Array[]][] = [
    [client.findLrtPda({ lrtMint: a }), [text("lrt"), key(a)]],
    [client.findStakePoolPda({ lrt: a, collateralMint: b }), [text("stake_pool"), key(a), key(b)]],
    [client.findVaultPda({ stakePool: a }), [text("vault"), key(a)]],
    [
      client.findWithdrawBatchPda({ stakePool: a, epoch: 258 }),
      [text("batch"), key(a), number(258n)],
    ],
    [
      client.findWithdrawTicketPda({ stakePool: a, owner: b, nonce: 7n }),
      [text("ticket"), key(a), key(b), number(7n)],
    ],
    [client.findOperatorPda({ base: a }), [text("operator"), key(a)]],
    [client.findAvsPda({ base: a }), [text("avs"), key(a)]],
    [client.findOptInRecordPda({ operator: a, avs: b }), [text("opt_in"), key(a), key(b)]],
    [client.findPoolAvsPda({ stakePool: a, avs: b }), [text("pool_avs"), key(a), key(b)]],
    [client.findDelegationPda({ stakePool: a, operator: b }), [text("delegation"), key(a), key(b)]],
    [client.findAllocationPda({ delegation: a, avs: b }), [text("allocation"), key(a), key(b)]],
    [client.findSlashProposalPda({ poolAvs: a, index: 3 }), [text("slash"), key(a), number(3n)]],
    [client.findSinkPda({ stakePool: a }), [text("sink"), key(a)]],
    [client.findRewardBookPda({ lrt: a }), [text("reward_book"), key(a)]],
    [client.findRewardVaultPda({ book: a }), [text("reward_vault"), key(a)]],
    [client.findStreamVaultPda({ book: a, place: 5 }), [text("stream"), key(a), Uint8Array.of(5)]],
    [client.findRewardPositionPda({ book: a, owner: b }), [text("position"), key(a), key(b)]],
    [client.findEventAuthorityPda(), [text("__event_authority")]],
  ];
  for (const [found, seeds] of expected) {
    const programAddress = client.LIQUID_RESTAKING_PROGRAM_ADDRESS;
    assert.deepEqual(await found, await getProgramDerivedAddress({ programAddress, seeds }));
  }
  const finders = Object.keys(client).filter((name) => /^find\w+Pda$/.test(name));
  assert.equal(finders.length, expected.length);
});

test("everything in the IDL is in the client", () => {
  const capital = (name: string) =>
    name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const { name } of idl.instructions) {
    assert.ok(exported[`get${capital(name)}InstructionDataDecoder`], name);
  }
  for (const { name } of idl.accounts) {
    const renamed = name === "OptIn" ? "OptInRecord" : name;
    assert.ok(exported[`decode${renamed}`] && exported[`find${renamed}Pda`], name);
  }
  for (const { name } of idl.events) assert.ok(exported[`get${name}Decoder`], name);
});

test("the client knows the program's layout", () => {
  const constants = new URL("../../programs/liquid-restaking/src/constants.rs", import.meta.url);
  const [, version] = /LAYOUT_VERSION: u8 = (\d+);/.exec(readFileSync(constants, "utf8")) ?? [];
  assert.equal(LAYOUT_VERSION, Number(version));
});

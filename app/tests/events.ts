// Events: what the program tells by calling itself, as the client decodes it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Decoder, ReadonlyUint8Array } from "@solana/kit";
import * as client from "../client";

export const idl = JSON.parse(
  readFileSync(new URL("../../idl/liquid_restaking.json", import.meta.url), "utf8"),
) as {
  instructions: { name: string }[];
  accounts: { name: string }[];
  events: { name: string; discriminator: number[] }[];
};
export const exported = client as unknown as Record<string, unknown>;

/** Marks a call of the program to itself as an event. */
const EVENT = "e445a52e51cb9a1d";

/** The events among the data of a transaction's inner instructions, by name. */
export function eventsIn(inner: ReadonlyUint8Array[]): [string, unknown][] {
  return inner
    .map((data) => Buffer.from(data))
    .filter((data) => data.subarray(0, 8).toString("hex") === EVENT)
    .map((data) => {
      const mark = data.subarray(8, 16);
      const event = idl.events.find(({ discriminator }) => mark.equals(Buffer.from(discriminator)));
      assert.ok(event, `an event that the IDL does not know: ${mark.toString("hex")}`);
      const decoder = exported[`get${event.name}Decoder`] as () => Decoder<unknown>;
      const [value, end] = decoder().read(Uint8Array.from(data), 8);
      assert.equal(end, data.length, `${event.name} is not decoded to its end`);
      return [event.name, value];
    });
}

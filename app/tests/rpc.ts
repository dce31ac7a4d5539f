// A small RPC node: answers as it is told, and keeps what it was asked.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

type Answer = (params: unknown[]) => unknown;
type Respond = (body: string, response: ServerResponse) => void;
/** What the node says instead of a result. */
export class RpcError {
  constructor(
    readonly code: number,
    readonly message: string,
  ) {}
}

const BLOCKHASHES = [
  "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi",
  "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR",
  "CktRuQ2mttgRGkXJtyksdKHjUdc2C4TgDzyB98oEzy8",
  "GgBaCs3NCBuZN12kCJgAW63ydqohFkHEdfdEXBPzLHq",
];

/** Whether a request is about finalized blocks: a node's own default, which kit leaves out. */
export const isFinalized = (config: unknown) =>
  ((config as { commitment?: string } | undefined)?.commitment ?? "finalized") === "finalized";

/** A cluster in which everything goes well: what is sent is confirmed at once. `own` overrides by method. */
export class Node {
  url = "";
  /** What each method was asked, in order. */
  asked: { method: string; params: unknown[] }[] = [];
  slot = 1_000;
  height = 900;
  /** How many blocks more are finalized than were processed when a blockhash was given. */
  later = 0;
  #blockhash = 0;

  constructor(readonly own: Record<string, Answer> = {}) {}

  answers: Record<string, Answer> = {
    getLatestBlockhash: () =>
      this.#in({
        blockhash: BLOCKHASHES[this.#blockhash++ % BLOCKHASHES.length],
        lastValidBlockHeight: this.height + 150,
      }),
    simulateTransaction: () =>
      this.#in({ err: null, logs: [], unitsConsumed: 10_000, returnData: null }),
    sendTransaction: () => "sent",
    getSignatureStatuses: () => this.statuses({}),
    isBlockhashValid: () => this.#in(true),
    getEpochInfo: ([config]) => this.epoch(isFinalized(config) ? this.later : 0),
    getTransaction: () => null,
    getAccountInfo: () => this.#in(null),
    getSlot: () => this.slot,
  };

  #in = (value: unknown, slot = this.slot) => ({ context: { slot }, value });

  /** What the node says of its epoch, so many blocks later. */
  epoch = (later: number) => ({ absoluteSlot: this.slot, blockHeight: this.height + later });

  /** A status of the only signature asked about, or `null`. */
  statuses = (status: object | null, slot = this.slot) =>
    this.#in(
      [status && { slot, confirmations: 1, err: null, confirmationStatus: "confirmed", ...status }],
      slot,
    );

  /** What a method was asked. */
  calls = (method: string) => this.asked.filter((call) => call.method === method);

  /** The transactions sent, in base64. */
  sent = () => this.calls("sendTransaction").map(({ params }) => params[0] as string);

  /** Listens for as long as the test runs. */
  async listen(context: TestContext, respond: Respond = this.respond): Promise<this> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => respond(body, response));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    context.after(() => {
      server.closeAllConnections();
      server.close();
    });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  respond: Respond = (body, response) => {
    const { id, method, params = [] } = JSON.parse(body);
    this.asked.push({ method, params });
    const answer = this.own[method] ?? this.answers[method];
    const result = answer ? answer(params) : new RpcError(-32_601, "Method not found");
    if (result === undefined) {
      response.destroy(); // as a node does that goes down
      return;
    }
    const outcome = result instanceof RpcError ? { error: { ...result } } : { result };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...outcome }));
  };
}

// What `anchor migrate` asks of '@anchor-lang/core': the script that it writes to .anchor/ hands cluster and wallet on to
// deploy.ts. Our client is of `@solana/kit`, so these names are enough (tsconfig.json of the repository's root).

class Connection {
  constructor(readonly rpcEndpoint: string) {}
}

export const web3 = { Connection };

export class Wallet {
  private constructor(readonly file: string | undefined) {}

  /** The one that the Anchor CLI names. */
  static local = () => new Wallet(process.env.ANCHOR_WALLET);
}

export class AnchorProvider {
  constructor(
    readonly connection: Connection,
    readonly wallet: Wallet,
  ) {}

  static defaultOptions = () => ({ commitment: "confirmed" });
}

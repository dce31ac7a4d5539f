// Generates app/client from idl/liquid_restaking.json: `npm run generate`. With `--check` it writes nothing, and fails when
// client/ is not what the IDL gives: `npm run generate:check`.
import { rootNodeFromAnchor, type AnchorIdl } from "@codama/nodes-from-anchor";
import { renderVisitor } from "@codama/renderers-js";
import {
  accountBumpValueNode,
  accountValueNode,
  addPdasVisitor,
  argumentValueNode,
  bytesValueNode,
  constantPdaSeedNodeFromString,
  createFromRoot,
  definedTypeNode,
  instructionRemainingAccountsNode,
  numberTypeNode,
  pdaNode,
  pdaSeedValueNode,
  pdaValueNode,
  publicKeyTypeNode,
  publicKeyValueNode,
  setInstructionAccountDefaultValuesVisitor,
  setStructDefaultValuesVisitor,
  updateAccountsVisitor,
  updateInstructionsVisitor,
  variablePdaSeedNode,
  type InstructionAccountDefaultRule,
  type RootNode,
} from "codama";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { firstDifference } from "../src/compare";

const { check } = parseArgs({ options: { check: { type: "boolean" } } }).values;

const app = dirname(dirname(fileURLToPath(import.meta.url)));
const idl = JSON.parse(
  readFileSync(join(app, "../idl/liquid_restaking.json"), "utf8"),
) as AnchorIdl & {
  address: string;
  types: { name: string; docs?: string[] }[];
};

const text = (seed: string) => constantPdaSeedNodeFromString("utf8", seed);
const key = (name: string, docs: string) => variablePdaSeedNode(name, publicKeyTypeNode(), docs);
const u64 = (name: string, docs: string) => variablePdaSeedNode(name, numberTypeNode("u64"), docs);

/** The renderer ignores events: each becomes a type, whose codec writes and checks the event's discriminator. */
function eventsAsTypes(root: RootNode): RootNode {
  const { program } = root;
  const docsOf = (name: string) =>
    idl.types.find((type) => type.name.toLowerCase() === name.toLowerCase())?.docs;
  const events = program.events.map(({ name, data }) =>
    definedTypeNode({ name, docs: docsOf(name), type: data }),
  );
  return {
    ...root,
    program: {
      ...program,
      definedTypes: [...program.definedTypes, ...events],
    },
  };
}

/** A wallet's token account for a mint, at the address that every wallet looks at. */
const associatedToken = pdaNode({
  name: "associatedToken",
  programId: "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
  seeds: [
    key("owner", "Its owner."),
    key("tokenProgram", "The mint's token program."),
    key("mint", "The mint."),
  ],
});

/** Addresses that follow from an instruction's other accounts and arguments need not be given. */
function derivedAccounts(root: RootNode): InstructionAccountDefaultRule[] {
  return root.program.instructions.flatMap((instruction) => {
    const names = new Set(instruction.accounts.map(({ name }) => String(name)));
    const args = new Set(instruction.arguments.map(({ name }) => String(name)));
    const rules: InstructionAccountDefaultRule[] = [];
    /** `account` is the PDA of seeds given as "seed" or as "seed=account or argument"; left alone where one is missing. */
    const derive = (account: string, pda: string, ...seeds: string[]) => {
      const pairs = seeds.map((seed) => seed.split("=") as [string, string?]);
      const sources = pairs.map(([seed, from = seed]) => [seed, from] as const);
      if (!names.has(account)) return;
      if (!sources.every(([, from]) => names.has(from) || args.has(from))) return;
      const values = sources.map(([seed, from]) =>
        pdaSeedValueNode(seed, names.has(from) ? accountValueNode(from) : argumentValueNode(from)),
      );
      rules.push({
        instruction: instruction.name,
        account,
        defaultValue: pdaValueNode(pda, values),
      });
    };

    derive("lrt", "lrt", "lrtMint");
    derive("lrtOfCollateral", "lrt", "lrtMint=collateralMint");
    derive("stakePool", "stakePool", "lrt", "collateralMint");
    derive("vault", "vault", "stakePool");
    derive("operator", "operator", "base");
    derive("avs", "avs", "base");
    derive("optIn", "optInRecord", "operator", "avs");
    derive("poolAvs", "poolAvs", "stakePool", "avs");
    derive("delegation", "delegation", "stakePool", "operator");
    derive("allocation", "allocation", "delegation", "avs");
    derive("book", "rewardBook", "lrt");
    derive("bookVault", "rewardVault", "book");
    derive("streamVault", "streamVault", "book", "place");
    derive("position", "rewardPosition", "book", "owner");
    derive("batch", "withdrawBatch", "stakePool", "epoch");
    derive("ticket", "withdrawTicket", "stakePool", "owner", "nonce");
    derive("eventAuthority", "eventAuthority");
    if (names.has("program")) {
      rules.push({
        instruction: instruction.name,
        account: "program",
        defaultValue: publicKeyValueNode(idl.address),
      });
    }
    // A holder's LRT is taken from, or goes to, the associated token account unless another is named.
    const holder = ["depositor", "holder", "owner"].find((name) => names.has(name));
    if (holder && names.has("userLrt") && names.has("lrtMint")) {
      rules.push({
        instruction: instruction.name,
        account: "userLrt",
        defaultValue: pdaValueNode(associatedToken, [
          pdaSeedValueNode("owner", accountValueNode(holder)),
          pdaSeedValueNode("tokenProgram", accountValueNode("tokenProgram")),
          pdaSeedValueNode("mint", accountValueNode("lrtMint")),
        ]),
      });
    }
    // An optional account is left out unless it is given.
    const optional = new Set(
      instruction.accounts.filter((a) => a.isOptional).map((a) => String(a.name)),
    );
    return rules.filter(({ account }) => !optional.has(String(account)));
  });
}

/** kit 8.4: what the renderer writes as `Omit<T, k> & {…}` is kit's own `ExtendedClient<T, {…}>`. */
function correctProgramFiles(folder: string) {
  for (const name of readdirSync(folder).filter((n) => n !== "index.ts")) {
    const file = join(folder, name);
    const before = readFileSync(file, "utf8");
    const after = before.replace(
      /Omit<\s*T,\s*(["'])\w+\1\s*>\s*&\s*(\{[^{}]*\})/g,
      "ExtendedClient<T, $2>",
    );
    if (after === before) throw new Error(`${name}: nothing to correct`);
    writeFileSync(
      file,
      after.includes("type ExtendedClient,")
        ? after
        : after.replace(/import \{\n/, "import {\n  type ExtendedClient,\n"),
    );
  }
}

const seeds = {
  lrt: key("lrt", "The LRT."),
  stakePool: key("stakePool", "The stake pool."),
  avs: key("avs", "The AVS."),
  operator: key("operator", "The operator."),
  owner: key("owner", "Its owner."),
  base: key("base", "The base key that signed its registration."),
  book: key("book", "The reward book."),
};

const root = eventsAsTypes(rootNodeFromAnchor(idl));
const codama = createFromRoot(root);
codama.update(
  updateAccountsVisitor({
    lrt: { seeds: [text("lrt"), key("lrtMint", "The LRT's mint.")] },
    stakePool: {
      seeds: [text("stake_pool"), seeds.lrt, key("collateralMint", "The collateral's mint.")],
    },
    withdrawBatch: {
      seeds: [text("batch"), seeds.stakePool, u64("epoch", "The epoch of its requests.")],
    },
    withdrawTicket: {
      seeds: [
        text("ticket"),
        seeds.stakePool,
        key("owner", "Its owner at creation."),
        u64("nonce", "A number of the owner's choice."),
      ],
    },
    operator: { seeds: [text("operator"), seeds.base] },
    avs: { seeds: [text("avs"), seeds.base] },
    // The generated index can not hold an account and an instruction of one name.
    optIn: {
      name: "optInRecord",
      seeds: [text("opt_in"), seeds.operator, seeds.avs],
    },
    poolAvs: { seeds: [text("pool_avs"), seeds.stakePool, seeds.avs] },
    delegation: { seeds: [text("delegation"), seeds.stakePool, seeds.operator] },
    allocation: {
      seeds: [text("allocation"), key("delegation", "The delegation."), seeds.avs],
    },
    slashProposal: {
      seeds: [
        text("slash"),
        key("poolAvs", "The pool's acceptance of the AVS."),
        u64("index", "How many proposals the acceptance had before it."),
      ],
    },
    rewardBook: { seeds: [text("reward_book"), seeds.lrt] },
    rewardPosition: { seeds: [text("position"), seeds.book, seeds.owner] },
  }),
);
codama.update(
  addPdasVisitor({
    liquidRestaking: [
      {
        name: "vault",
        docs: ["A stake pool's token account."],
        seeds: [text("vault"), seeds.stakePool],
      },
      {
        name: "sink",
        docs: ["Where a stake pool's slashed wrapped SOL goes."],
        seeds: [text("sink"), seeds.stakePool],
      },
      {
        name: "rewardVault",
        docs: ["Where a reward book's staked LRT lies."],
        seeds: [text("reward_vault"), seeds.book],
      },
      {
        name: "streamVault",
        docs: ["Where the tokens of one stream of a reward book lie."],
        seeds: [
          text("stream"),
          seeds.book,
          variablePdaSeedNode("place", numberTypeNode("u8"), "Its place."),
        ],
      },
      {
        name: "eventAuthority",
        docs: ["Signs the program's events."],
        seeds: [text("__event_authority")],
      },
    ],
  }),
);
codama.update(setInstructionAccountDefaultValuesVisitor(derivedAccounts(root)));
codama.update(
  updateInstructionsVisitor({
    requestWithdraw: {
      arguments: { ticketBump: { defaultValue: accountBumpValueNode("ticket") } },
    },
    yieldReport: {
      remainingAccounts: [
        instructionRemainingAccountsNode(argumentValueNode("poolAvss"), {
          isOptional: true,
          docs: ["The acceptances of the AVSs asked about."],
        }),
      ],
    },
  }),
);
codama.update(
  setStructDefaultValuesVisitor({
    fixedParams: { padding: bytesValueNode("base16", "00".repeat(7)) },
    avsTerms: { padding: bytesValueNode("base16", "00".repeat(6)) },
  }),
);

async function render(folder: string) {
  const options = { generatedFolder: "client", syncPackageJson: false };
  await codama.accept(renderVisitor(folder, options));
  correctProgramFiles(join(folder, "client/programs"));
}

/** Fails when the client is not what is rendered now. */
async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "client-"));
  try {
    await render(folder);
    const stale = firstDifference(join(folder, "client"), join(app, "client"));
    if (!stale) return;
    console.error(`error: client/${stale} is not what the IDL gives: run \`npm run generate\``);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await (check ? compare() : render(app));

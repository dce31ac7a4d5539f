// Generates app/client from idl/liquid_restaking.json: `npm run generate`.
import { rootNodeFromAnchor, type AnchorIdl } from "@codama/nodes-from-anchor";
import { renderVisitor } from "@codama/renderers-js";
import {
  accountValueNode,
  addPdasVisitor,
  bytesValueNode,
  constantPdaSeedNodeFromString,
  createFromRoot,
  definedTypeNode,
  numberTypeNode,
  pdaSeedValueNode,
  pdaValueNode,
  publicKeyTypeNode,
  publicKeyValueNode,
  setInstructionAccountDefaultValuesVisitor,
  setStructDefaultValuesVisitor,
  updateAccountsVisitor,
  variablePdaSeedNode,
  type InstructionAccountDefaultRule,
  type RootNode,
} from "codama";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const app = dirname(dirname(fileURLToPath(import.meta.url)));
const idl = JSON.parse(
  readFileSync(join(app, "../idl/liquid_restaking.json"), "utf8"),
) as AnchorIdl & {
  address: string;
  types: { name: string; docs?: string[] }[];
};

const text = (seed: string) => constantPdaSeedNodeFromString("utf8", seed);
const key = (name: string, docs: string) =>
  variablePdaSeedNode(name, publicKeyTypeNode(), docs);
const u64 = (name: string, docs: string) =>
  variablePdaSeedNode(name, numberTypeNode("u64"), docs);

/** The renderer ignores events: each becomes a type, whose codec writes and checks the event's discriminator. */
function eventsAsTypes(root: RootNode): RootNode {
  const { program } = root;
  const docsOf = (name: string) =>
    idl.types.find((type) => type.name.toLowerCase() === name.toLowerCase())
      ?.docs;
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

/** Addresses that follow from an instruction's other accounts need not be given. */
function derivedAccounts(root: RootNode): InstructionAccountDefaultRule[] {
  const from = (pda: string, ...seeds: string[]) =>
    pdaValueNode(
      pda,
      seeds.map((seed) => pdaSeedValueNode(seed, accountValueNode(seed))),
    );
  return root.program.instructions.flatMap(({ name, accounts }) => {
    const has = (account: string) => accounts.some((a) => a.name === account);
    const rules: InstructionAccountDefaultRule[] = [
      { account: "eventAuthority", defaultValue: pdaValueNode("eventAuthority") },
      { account: "program", defaultValue: publicKeyValueNode(idl.address) },
    ];
    if (has("lrtMint")) {
      rules.push({ account: "lrt", defaultValue: from("lrt", "lrtMint") });
    }
    if (has("stakePool")) {
      rules.push({ account: "vault", defaultValue: from("vault", "stakePool") });
    }
    if (has("lrt") && has("collateralMint")) {
      rules.push({
        account: "stakePool",
        defaultValue: from("stakePool", "lrt", "collateralMint"),
      });
    }
    rules.push({
      account: "lrtOfCollateral",
      defaultValue: pdaValueNode("lrt", [
        pdaSeedValueNode("lrtMint", accountValueNode("collateralMint")),
      ]),
    });
    return rules
      .filter(({ account }) => has(String(account)))
      .map((rule) => ({ ...rule, instruction: name }));
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

const root = eventsAsTypes(rootNodeFromAnchor(idl));
const codama = createFromRoot(root);
codama.update(
  updateAccountsVisitor({
    lrt: { seeds: [text("lrt"), key("lrtMint", "The LRT's mint.")] },
    stakePool: {
      seeds: [
        text("stake_pool"),
        key("lrt", "The LRT."),
        key("collateralMint", "The collateral's mint."),
      ],
    },
    withdrawBatch: {
      seeds: [
        text("batch"),
        key("stakePool", "The stake pool."),
        u64("epoch", "The epoch of its requests."),
      ],
    },
    withdrawTicket: {
      seeds: [
        text("ticket"),
        key("stakePool", "The stake pool."),
        key("owner", "Its owner at creation."),
        u64("nonce", "A number of the owner's choice."),
      ],
    },
  }),
);
codama.update(
  addPdasVisitor({
    liquidRestaking: [
      {
        name: "vault",
        docs: ["A stake pool's token account."],
        seeds: [text("vault"), key("stakePool", "The stake pool.")],
      },
      {
        name: "eventAuthority",
        docs: ["Signs the program's events."],
        seeds: [text("__event_authority")],
      },
    ],
  }),
);
codama.update(
  setInstructionAccountDefaultValuesVisitor(derivedAccounts(root)),
);
codama.update(
  setStructDefaultValuesVisitor({
    fixedParams: { padding: bytesValueNode("base16", "00".repeat(7)) },
  }),
);
await codama.accept(
  renderVisitor(app, { generatedFolder: "client", syncPackageJson: false }),
);
correctProgramFiles(join(app, "client/programs"));

// `npm run generate:check` notices whatever differs from what the IDL gives.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { firstDifference } from "../src/compare";

const CLIENT = fileURLToPath(new URL("../client", import.meta.url));

test("a changed byte, a file too few and a file too many are noticed", (t) => {
  const copy = mkdtempSync(join(tmpdir(), "client-"));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(CLIENT, copy, { recursive: true });
  assert.equal(firstDifference(CLIENT, copy), undefined);

  const file = join(copy, "instructions/settle.ts");
  const bytes = readFileSync(file);
  const changed = Buffer.from(bytes);
  changed[100] = (changed[100] ?? 0) ^ 1;
  writeFileSync(file, changed);
  assert.equal(firstDifference(CLIENT, copy), "instructions/settle.ts");
  assert.equal(firstDifference(copy, CLIENT), "instructions/settle.ts");

  rmSync(file);
  assert.equal(firstDifference(CLIENT, copy), "instructions/settle.ts");
  writeFileSync(file, bytes);
  assert.equal(firstDifference(CLIENT, copy), undefined);

  writeFileSync(join(copy, "accounts/old.ts"), "");
  assert.equal(firstDifference(CLIENT, copy), "accounts/old.ts");
});

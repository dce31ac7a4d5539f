// Whether two folders hold the same files.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files below a folder, by their paths in it. */
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

/** The first file, in the order of names, that is in one folder only, or differs by a byte. */
export function firstDifference(one: string, other: string): string | undefined {
  const [ours, theirs] = [new Set(filesOf(one)), new Set(filesOf(other))];
  return [...new Set([...ours, ...theirs])].sort().find((file) => {
    if (!ours.has(file) || !theirs.has(file)) return true;
    return !readFileSync(join(one, file)).equals(readFileSync(join(other, file)));
  });
}

// Why a transaction was refused, in one sentence.
import {
  getTokenErrorMessage,
  TOKEN_PROGRAM_ADDRESS,
  type TokenError,
} from "@solana-program/token";
import { getLiquidRestakingErrorMessage, type LiquidRestakingError } from "../client";

/** A transaction that the program, or the cluster, has refused. */
export class Refused extends Error {
  constructor(
    message: string,
    /** The program's error number, where it is one. */
    readonly code?: number,
  ) {
    super(message);
  }
}

/** Why: the program's error by name and text, with what it logged just before, or the cluster's words. */
export function refused(error: unknown, logs: readonly string[]): Refused {
  const said = logs
    .map((line) => /Error Code: (\w+)\. Error Number: (\d+)\. Error Message: (.*?)\.?$/.exec(line))
    .find((match) => match !== null);
  if (said) {
    const [, name, number, text] = said;
    // "by how much is in the log": a line that the program logs itself.
    const details = logs
      .filter(
        (line) =>
          line.startsWith("Program log: ") && !/AnchorError|Instruction: |Left:|Right:/.test(line),
      )
      .map((line) => line.slice("Program log: ".length));
    const detail = /in the log/.test(text ?? "") ? ` (${details.join(", ")})` : "";
    return new Refused(`refused: ${name}: ${text}${detail}`, Number(number));
  }
  const { code, text } = customCode(error);
  const known =
    code === undefined ? undefined : getLiquidRestakingErrorMessage(code as LiquidRestakingError);
  return new Refused(`refused: ${known ?? tokenError(logs) ?? failure(logs) ?? text}`, code);
}

/** The first program that failed: what called it only passes that on. */
const failed = (logs: readonly string[]) =>
  logs.findIndex((line) => /^Program \w+ failed: /.test(line));

/** What the system program said before it failed, or that some program did. */
function failure(logs: readonly string[]): string | undefined {
  const at = failed(logs);
  const before = logs[at - 1];
  return before && !before.startsWith("Program ") ? before : logs[at];
}

/** Why the token program refused, if it was that. */
function tokenError(logs: readonly string[]): string | undefined {
  const [, program, code] =
    /^Program (\w+) failed: custom program error: (0x[0-9a-f]+)$/.exec(logs[failed(logs)] ?? "") ??
    [];
  if (program !== TOKEN_PROGRAM_ADDRESS) return undefined;
  return `the token program: ${getTokenErrorMessage(Number(code) as TokenError)}`;
}

function customCode(error: unknown): { code?: number; text: string } {
  const custom = (error as { InstructionError?: [bigint, { Custom?: bigint }] } | null)
    ?.InstructionError?.[1]?.Custom;
  if (custom !== undefined) return { code: Number(custom), text: `custom program error ${custom}` };
  return { text: json(error, 0) };
}

/** JSON with whole numbers of any size. */
export const json = (value: unknown, indent = 2) =>
  JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v), indent);

/**
 * The `doctor` command: whether this machine can run, and what would spoil timings.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { EXIT, sentenceOf } from "./exit_code.ts";
import { examine, type Finding } from "./examination.ts";
import { oneLine } from "./terminal_text.ts";

const MARKS = { ok: "ok     ", warn: "warn   ", blocked: "blocked" } as const;

/** The `doctor` command. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Check runtime, permissions, clock, load, the embedded model and the GPU",
  usage: "doctor [--json]",
  details: 'A "warn" line spoils timings or takes one backend away; a "blocked" line blocks runs.',
  flags: { json: { kind: "switch", help: "Writes one JSON array of findings" } },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const findings: Finding[] = [];
    for (const { subject, look } of examine()) {
      let finding: Finding;
      try {
        finding = { subject, ...await look() };
      } catch (error) {
        finding = { subject, state: "blocked", says: sentenceOf(error) };
      }
      findings.push(finding);
      if (!flags.has("json")) {
        io.write(`${MARKS[finding.state]}  ${subject}: ${oneLine(finding.says)}\n`);
      }
    }
    if (flags.has("json")) io.write(`${JSON.stringify(findings, null, 2)}\n`);
    const isBlocked = findings.some((finding) => finding.state === "blocked");
    return isBlocked ? EXIT.input : EXIT.done;
  },
};

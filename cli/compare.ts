/**
 * The `compare` command: two runs side by side.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { Command } from "./command.ts";
import { GATE_FLAGS, runGate } from "./compare_gate.ts";
import { EXIT } from "./exit_code.ts";
import { compareRuns, type RunComparison } from "./run_comparison.ts";
import { readSummary } from "./stored_summary.ts";
import { alignedTable, numberText } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** The `compare` command. */
export const compareCommand: Command = {
  name: "compare",
  summary: "Compare the arms that two runs share, or gate one against the other",
  usage: "compare <run A> [<run B>] [--gate] [--json]",
  details: `A run is the folder that "run" wrote, its records.sqlite, or a summary.json.
Policies within one run are compared by its report. Wall times are compared only between runs of
the same machine, model and kernels. With --gate, A may also be what "bless" wrote; counters come
first, outputs and quality second, time last and only between two policies of one run. Exit code 1
is a regression, 2 undecided or noisy, 3 failed rows or unreadable input.`,
  flags: { json: { kind: "switch", help: "Writes one JSON object" }, ...GATE_FLAGS },
  positional: { least: 1, most: 2 },
  async run({ positional, flags }, io): Promise<number> {
    if (flags.has("gate")) return await runGate({ positional, flags }, io);
    const needless = Object.keys(GATE_FLAGS).find((name) => flags.has(name));
    if (needless !== undefined) {
      throw new UsageError(`Cannot read flag "--${needless}": expected --gate with it`);
    }
    const [a = "", b] = positional;
    if (b === undefined) throw new UsageError("Cannot compare one run: expected two");
    const comparison = compareRuns(await readSummary(a), await readSummary(b));
    io.write(
      flags.has("json") ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison),
    );
    return EXIT.done;
  },
};

function comparisonText(comparison: RunComparison): string {
  const { numbers, onlyA, onlyB, timesNotComparable, qualityNotComparable } = comparison;
  const lines: string[] = [];
  if (numbers.length === 0) lines.push("The runs share no measured arm");
  else {
    let last = "";
    const rows = numbers.map(({ arm, metric, a, b, difference }) => {
      const label = arm === last ? "" : arm;
      last = arm;
      const sign = difference > 0 ? "+" : "";
      return [label, metric, numberText(a), numberText(b), `${sign}${numberText(difference)}`];
    });
    lines.push(alignedTable(["policy", "number", "A", "B", "B − A"], rows).trimEnd());
  }
  const list = (heading: string, entries: readonly string[]) => {
    if (entries.length > 0) lines.push(`${heading}: ${oneLine(entries.join(", "))}`);
  };
  list("Wall times are not comparable", timesNotComparable);
  list("Qualities are not comparable throughout", qualityNotComparable);
  list("Only in A", onlyA);
  list("Only in B", onlyB);
  return `${lines.join("\n")}\n`;
}

/**
 * `deno task bench:summary`: how long a large run takes to sum up at the full
 * number of resamples, and to render from its summary.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { EXIT } from "../cli/exit_code.ts";
import { openProcessIo } from "../cli/process_io.ts";
import { summarize } from "../harness/summary/mod.ts";
import { html } from "../reports/mod.ts";
import { positiveInteger } from "./bench_flags.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { markdownTable } from "./markdown_table.ts";
import { syntheticRun } from "./synthetic_run.ts";

/** Bars, s and bytes: records to summary, summary to HTML, its size. */
const BARS = { summary: 60, render: 5, bytes: 5e6 };

/** The `bench:summary` task as a command. */
export const benchSummary: Command = {
  name: "bench:summary",
  summary: "Time summing up and rendering a made-up run of many records",
  usage: "bench:summary [--records 100000] [--resamples 10000]",
  flags: {
    records: { kind: "number", value: "<n>", help: "Least records; default 100000" },
    resamples: { kind: "number", value: "<n>", help: "Bootstrap resamples; default 10000" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const records = positiveInteger("records", flags.number("records") ?? 100_000);
    const resamples = positiveInteger("resamples", flags.number("resamples") ?? 10_000);
    const run = syntheticRun(records);
    const start = performance.now();
    const summary = summarize(run, { resamples });
    const summed = performance.now();
    const page = await html.render(summary);
    const rendered = performance.now();
    const size = new TextEncoder().encode(page).length;
    const seconds = (ms: number): string => (ms / 1000).toFixed(1);
    io.write(`${describeMachine(await readMachine())}\n\n`);
    io.write(markdownTable(
      ["what", "figure", "bar"],
      [
        [
          `${run.records.length} records summed up, ${resamples} resamples [s]`,
          seconds(summed - start),
          `< ${BARS.summary}`,
        ],
        ["summary rendered as HTML [s]", seconds(rendered - summed), `< ${BARS.render}`],
        ["HTML file [MB]", (size / 1e6).toFixed(2), `< ${BARS.bytes / 1e6}`],
      ],
    ));
    return EXIT.done;
  },
};

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(
    await dispatch([benchSummary.name, ...Deno.args], { commands: [benchSummary], io }),
  );
}

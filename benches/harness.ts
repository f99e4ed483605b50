/**
 * `deno task bench:harness`: what the decode loop costs over the backend's own
 * calls in a bare loop, interleaved in one process.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { EXIT } from "../cli/exit_code.ts";
import { openProcessIo } from "../cli/process_io.ts";
import { UsageError } from "../harness/contract/errors.ts";
import { bareForced } from "./bare_loops.ts";
import { chosenThreads, positiveInteger } from "./bench_flags.ts";
import { benchHead, listOf } from "./bench_head.ts";
import { openBenchModel, randomTokens } from "./bench_model.ts";
import { FIRST_FORCED, type ForcedArm, ForcedTimer } from "./forced_arms.ts";
import { readMachine } from "./machine.ts";
import { figureWithInterval, markdownTable } from "./markdown_table.ts";
import { type Measured, medianInterval } from "./median_interval.ts";
import { openPartSlots, PREFIX } from "./part_times.ts";
import { ratioInterval } from "./ratio_interval.ts";
import { type StaticArm, staticArms } from "./static_policies.ts";

/** Overhead above which the harness is too slow, as a ratio − 1. */
export const MOST_OVERHEAD = 0.02;

/** The `bench:harness` task as a command. */
export const benchHarness: Command = {
  name: "bench:harness",
  summary: "Time the decode loop against a bare loop of the same backend calls",
  usage: "bench:harness [--backend wasm] [--model smollm2] [--threads 1]",
  flags: {
    backend: { kind: "text", value: "<name>", help: "cpu or wasm; default wasm" },
    model: { kind: "text", value: "<model>", help: "Name or path; default smollm2" },
    threads: { kind: "number", value: "<n>", help: "Threads; the backend's choice when absent" },
    visits: { kind: "number", value: "<n>", help: "Timed visits of each loop; default 60" },
    tokens: { kind: "number", value: "<n>", help: "Tokens of a visit; default 8" },
    policies: {
      kind: "text",
      value: "<specs>",
      help: "Static policies beside full depth; default unified_layer_skipping(ratio=2)",
    },
    seed: { kind: "number", value: "<n>", help: "Seed of order and resampling; default 1" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const visits = positiveInteger("visits", flags.number("visits") ?? 60);
    const count = positiveInteger("tokens", flags.number("tokens") ?? 8);
    const seed = flags.number("seed") ?? 1;
    const context = PREFIX + count + 1;
    const machine = await readMachine();
    const opened = await openBenchModel({
      backend: flags.text("backend") ?? "wasm",
      model: flags.text("model") ?? "smollm2",
      threads: chosenThreads(flags),
      slots: 4,
      context,
    });
    const { session } = opened;
    try {
      io.write(benchHead(opened, { title: "Cost of the decode loop", machine }));
      io.write(listOf([`${visits} visits of ${count} tokens, medians with 95 % intervals`]) + "\n");
      const tokens = randomTokens(session.model.vocabSize, count);
      const policies = flags.text("policies") ?? "unified_layer_skipping(ratio=2)";
      const looped = await staticArms(session, { policies, tokens, context });
      const bare = looped.map(({ label, program, fill }): ForcedArm => {
        if (fill === "recompute") {
          throw new UsageError('Cannot time fill "recompute": its blocks run in later steps');
        }
        return {
          label: `bare loop, ${label}`,
          prepare: (slot) => bareForced(session, { slot, program, fill, tokens }),
        };
      });
      const { prefixed } = openPartSlots(session);
      const timer = new ForcedTimer(session, [...looped, ...bare], {
        prefixed,
        tokens: count,
        seed,
      });
      for (let visit = FIRST_FORCED; visit < visits && !io.signal.aborted; visit++) {
        await timer.visit(visit);
      }
      io.write(overheadTable(looped, { times: timer.timesMs, seed }));
      return io.signal.aborted ? EXIT.interrupted : EXIT.done;
    } finally {
      session.close();
    }
  },
};

/** `times` holds the decode loop's arms, then the bare loops in the same order. */
function overheadTable(
  looped: readonly StaticArm[],
  { times, seed }: { readonly times: readonly (readonly number[])[]; readonly seed: number },
): string {
  return markdownTable(
    [
      "policy, KV fill",
      "decode loop [ms/token] ↓",
      "bare loop [ms/token]",
      "loop ÷ bare ↓",
      `< ${1 + MOST_OVERHEAD}`,
    ],
    looped.map(({ label }, i) => {
      const loop = times[i]!, bare = times[looped.length + i]!;
      const ratio = ratioInterval(loop, bare, { seed });
      return [
        label,
        figureWithInterval(medianInterval(loop, { seed })),
        figureWithInterval(medianInterval(bare, { seed })),
        figureWithInterval(ratio, 4),
        isBelow(ratio, 1 + MOST_OVERHEAD),
      ];
    }),
  );
}

function isBelow({ value, high }: Measured, bar: number): string {
  if (high < bar) return "yes";
  return value < bar ? "yes, but the interval reaches it" : "no";
}

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(await dispatch([benchHarness.name, ...Deno.args], { commands: [benchHarness], io }));
}

/**
 * `run --plan`: what a run would do, before it does it.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import { estimateRun, type RunEstimate } from "../harness/estimate_run.ts";
import type { RunPlan } from "../harness/runner.ts";
import { shardText } from "../harness/shard.ts";
import type { Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { recordsFile } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { alignedTable } from "./summary_table.ts";
import { oneLine } from "./terminal_text.ts";

/** Time after which the probe goes on to no further suite, ms. */
const PROBE_MS = 10_000;

/** Probes and prints; stores nothing. */
export async function writePlan(
  plan: RunPlan,
  { io, folder, json, fresh }: {
    readonly io: Io;
    readonly folder: string;
    readonly json: boolean;
    readonly fresh: boolean;
  },
): Promise<number> {
  const done = fresh ? new Set<string>() : storedCells(recordsFile(folder, plan.manifest.shard));
  const now = () => performance.now();
  const estimate = await estimateRun(plan, { done, budgetMs: PROBE_MS, now });
  io.write(
    json
      ? `${JSON.stringify({ kind: "depthbench-plan", schema: 1, folder, ...estimate }, null, 2)}\n`
      : planText(plan, { estimate, folder }),
  );
  return EXIT.done;
}

/** Cells of the run that the folder holds; none when it holds none or another run. */
function storedCells(path: string): ReadonlySet<string> {
  try {
    return new Set(new SqliteStore(path).read().records.map(({ cell }) => cell));
  } catch {
    return new Set();
  }
}

function planText(
  { manifest }: RunPlan,
  { estimate, folder }: { readonly estimate: RunEstimate; readonly folder: string },
): string {
  const { memory, probeMs, priced } = estimate;
  const items = manifest.suites.reduce((total, suite) => total + suite.items, 0);
  const rows = [...estimate.passes, { pass: "all", ...estimate }].map((each) => [
    each.pass,
    String(each.cells),
    String(each.done),
    minutesText(each.ms),
  ]);
  const bytes = Object.values(memory).reduce((total, each) => total + each, 0);
  return [
    `${
      oneLine(manifest.model.name)
    } on ${manifest.backend.name} · ${manifest.arms.length} arms · ` +
    `${manifest.suites.length} suites · ${items} items · ${shardText(manifest.shard)}`,
    alignedTable(["pass", "cells", "of these done", "minutes left"], rows).trimEnd(),
    `Memory: ${formatBytes(bytes)}: weights ${formatBytes(memory.weightBytes)}, trained parts ${
      formatBytes(memory.partBytes)
    }, KV ${formatBytes(memory.kvBytes)}, scratch ${formatBytes(memory.scratchBytes)}`,
    `From a probe of ${(probeMs / 1000).toFixed(1)} s${
      priced === 0 ? "" : `; ${priced} of the passes' suites by their tokens`
    }. Records go to ${folder}`,
    "",
  ].join("\n");
}

function minutesText(ms: number): string {
  const minutes = ms / 60_000;
  return minutes >= 9.95
    ? minutes.toFixed(0)
    : minutes >= 0.1
    ? minutes.toFixed(1)
    : minutes === 0
    ? "0"
    : minutes.toFixed(2);
}

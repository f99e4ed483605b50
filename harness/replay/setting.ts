/**
 * A setting to replay, bound to a trace: what it reads, or why it cannot be replayed.
 *
 * A trace holds full-depth states. It can answer what a policy that only exits
 * would do, at the heights and of the signals that were traced, and nothing else.
 *
 * @module
 */
import type { KvFill } from "../contract/backend.ts";
import { UnsupportedError } from "../contract/errors.ts";
import type { Limits, PolicyPlugin } from "../contract/policy.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { bindPolicy, type BoundDepth } from "../decode/bound_policy.ts";
import type { TraceColumn } from "../trace/trace_store.ts";
import { signalKey } from "../trace/traced_signal.ts";
import type { TraceTable } from "./trace_table.ts";

/** A policy with options and fill. */
export interface ReplaySetting {
  /** The policy. */
  readonly plugin: PolicyPlugin;
  /** Options as parsed. */
  readonly options: unknown;
  /** KV fill. */
  readonly fill: KvFill;
  /** Canonical label. */
  readonly label: string;
}

/** A setting with what it reads from a table. */
export interface BoundSetting {
  /** The setting. */
  readonly setting: ReplaySetting;
  /** The table. */
  readonly table: TraceTable;
  /** Whether prompt rows are decided too. */
  readonly actsOnPrompt: boolean;
  /** Whether decisions depend on earlier ones. */
  readonly hasState: boolean;
  /** Whether its state learns of positions that are run to the top later; each costs a readout. */
  readonly observes: boolean;
  /** Levels at which it is asked, ascending; none for plans. */
  readonly asked: readonly number[];
  /** Signals read at each. */
  readonly signals: readonly SignalDeclaration[];
  /** Their columns [P, H], in the same order. */
  readonly columns: readonly TraceColumn[];
  /** The policy bound to an item's limits. */
  bound(limits: Limits): BoundDepth;
}

/** An error that says why a trace cannot answer. */
export function refusal(label: string, why: string): UnsupportedError {
  return new UnsupportedError(`Cannot replay policy "${label}": ${why}`);
}

/** Level of a height. Throws `UnsupportedError` when it was not traced. */
export function levelOf(
  height: number,
  { setting, table }: Pick<BoundSetting, "setting" | "table">,
): number {
  const level = table.levels.indexOf(height);
  if (level >= 0) return level;
  throw refusal(
    setting.label,
    `height ${height} was not traced: expected one of ${table.levels.join(", ")}: trace it`,
  );
}

/** Binds a setting. Throws `UnsupportedError` with one sentence where a trace cannot answer. */
export function bindSetting(table: TraceTable, setting: ReplaySetting): BoundSetting {
  const { plugin, options, fill, label } = setting;
  const { model } = table.manifest;
  if (plugin.scope === "round") {
    throw refusal(label, "it proposes drafts, and a trace holds what full depth reads: run it");
  }
  if (plugin.scope === "readout" || "keep" in plugin && plugin.keep !== undefined) {
    throw refusal(
      label,
      "it reads out over a part of the vocabulary, which no trace holds: run it",
    );
  }
  const byLimits = new Map<string, BoundDepth>();
  const bound = (limits: Limits): BoundDepth => {
    const key = `${limits.maxTokens}/${limits.context}`;
    let found = byLimits.get(key);
    if (found === undefined) {
      byLimits.set(key, found = bindPolicy(plugin, { options, fill, model, limits }));
    }
    return found;
  };
  const policy = bound(table.items[0]!.limits);
  const hasState = policy.state !== undefined;
  const observes = fill === "recompute" &&
    (policy.state?.observesRecomputed?.(policy.options) ?? false);
  if (policy.actsOnPrompt && (observes || hasState && policy.kind === "decide")) {
    throw refusal(
      label,
      "its state depends on prompt positions, which a trace does not hold: run it",
    );
  }
  const base = { setting, table, actsOnPrompt: policy.actsOnPrompt, hasState, observes, bound };
  if (policy.kind === "plan") return { ...base, asked: [], signals: [], columns: [] };
  const { heights, signals } = policy;
  const own = heights.map((height) => policy.headAt(height)).find((head) => head !== "shared");
  if (own !== undefined) {
    throw refusal(
      label,
      `it reads tokens out by head "${own}", and a trace holds those of the shared head: run it`,
    );
  }
  return {
    ...base,
    asked: heights.map((height) => levelOf(height, base)),
    signals,
    columns: signals.map((signal) => columnOf(signal, { heights, ...base })),
  };
}

function columnOf(
  signal: SignalDeclaration,
  { heights, setting, table }: Pick<BoundSetting, "setting" | "table"> & {
    readonly heights: readonly number[];
  },
): TraceColumn {
  let traced = signal;
  if (signal.kind === "state" && signal.against === "previous_check") {
    // Where every height is asked, the check before is one block lower; the embedding stands for
    // the check before the first.
    const start = heights[0] ?? 0;
    if (start > 1 || heights.some((height, i) => height !== start + i)) {
      throw refusal(
        setting.label,
        `signal "${signal.name}" compares with the previous check, which is not one block lower ` +
          "everywhere, and a trace does not hold it: run it",
      );
    }
    traced = { ...signal, against: "previous_block" };
  }
  const key = signalKey(traced);
  const column = table.columns.get(key);
  if (column !== undefined) return column;
  throw refusal(
    setting.label,
    `signal "${key}" was not traced: expected one of ${
      [...table.columns.keys()].map((each) => `"${each}"`).join(", ")
    }: trace it`,
  );
}

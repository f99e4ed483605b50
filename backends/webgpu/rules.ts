/**
 * Running a row through blocks under rules that the device tests: once one holds,
 * what is left of the blocks is filled instead of run, without a wait.
 *
 * @module
 */
import type { Comparison as Bar } from "../../harness/contract/rule.ts";
import type { ReadoutSignal } from "../../harness/contract/signal.ts";
import {
  ENTRY,
  type HeadBatch,
  type RowBatch,
  type RuledRange,
  type RuleTest,
} from "../../harness/stepping/mod.ts";
import { Call } from "./commands.ts";
import type { Entries, EntryParts } from "./entries.ts";
import { type Gate, GRIDS } from "./gate.ts";
import type { Heads } from "./heads.ts";

/** Codes of shaders/rule.wgsl. */
const SIGNAL: Readonly<Record<ReadoutSignal, number>> = {
  top1: 0,
  margin: 1,
  logitMargin: 2,
  entropy: 3,
  token: 4,
};
const BAR: Readonly<Record<Bar, number>> = { ">=": 0, ">": 1, "<=": 2, "<": 3 };

/** What rules work on. */
export interface RuleParts extends EntryParts {
  /** Heads. */
  readonly heads: Heads;
  /** Gated grids. */
  readonly gate: Gate;
}

/** Rules of one session. */
export class Rules {
  readonly #parts: RuleParts;
  readonly #entries: Entries;
  readonly #test: Call;

  /** Beside plain runs and fills. */
  constructor(parts: RuleParts, entries: Entries) {
    this.#parts = parts;
    this.#entries = entries;
    const { heads, gate } = parts;
    this.#test = new Call(
      parts.kernels.get("rule", { GRIDS }),
      () => [heads.reductions.buffer, gate.grids, gate.args, gate.left],
    );
  }

  /** Tests rules at their heights; `head` reads the row out. */
  run(
    batch: RowBatch,
    rules: readonly RuleTest[],
    { from, to, fill, head }: RuledRange & { readonly head: HeadBatch },
  ): number {
    const { commands, gate } = this.#parts;
    const side = gate.sideBytes;
    const table = this.#entries.tableOf(batch);
    commands.copy({ buffer: gate.args, at: 0 }, { buffer: gate.grids, at: 0 }, side);
    commands.clear(gate.args, side, side);
    commands.clear(gate.left, 0, 8);
    try {
      for (let block = from; block < to; block++) {
        commands.side = "running";
        for (const rule of rules) if (rule.height === block) this.#decide(rule, head);
        commands.side = "running";
        if (!this.#entries.attendAt(table, batch, block)) return block;
        this.#parts.blocks.mlp(block, { rows: 1, table });
        commands.side = "filling";
        const layer = this.#parts.cache.layer(block);
        if (fill === "project") this.#parts.blocks.store(block, layer, { rows: 1, table });
        else {
          commands.dispatch(layer.drop, table, 1);
          this.#parts.cache.note(layer, batch, ENTRY.hole); // there or a hole: both may be read
        }
      }
    } finally {
      commands.side = undefined;
    }
    return to;
  }

  #decide({ head, height, signal, is, value }: RuleTest, batch: HeadBatch): void {
    const { commands, heads } = this.#parts;
    heads.logits(head, batch);
    commands.side = undefined;
    const table = commands.table(1);
    const { words } = commands;
    const at = table / 4;
    words.set([batch.entries[0]!, height, SIGNAL[signal], BAR[is]], at);
    new Float32Array(words.buffer)[at + 4] = value;
    commands.dispatch(this.#test, table, 1);
  }
}

/**
 * Backend checks: what later rows find at blocks that a row skipped.
 *
 * The fills are tested by relations that need no look into the cache: a hole
 * leaves a row to itself, a projected entry is the one that the block would
 * have written from the same state.
 *
 * @module
 */
import type { DecoderStep, EntryFill } from "../contract/backend.ts";
import { expectSameRows } from "./backend_runs.ts";
import { type BackendCheck, expectDifferent, expectRefusal, onTrial, type Trial } from "./trial.ts";

/** Fills after which later rows may run the block. */
export const READABLE: readonly EntryFill[] = ["project", "hole", "copy"];

/** Rows of one path: 0 skips from block `from` on, the others run everything. */
export function runSkipping(
  trial: Trial,
  step: DecoderStep,
  { from, fill, rows }: {
    readonly from: number;
    readonly fill: EntryFill;
    readonly rows: { readonly skipping: readonly number[]; readonly running: readonly number[] };
  },
): void {
  step.run({ from: 0, to: from }, "block", [...rows.skipping, ...rows.running].sort());
  for (let block = from; block < trial.layerCount; block++) {
    if (rows.skipping.length > 0) step.fillKv(block, fill, rows.skipping);
    if (rows.running.length > 0) step.run(block, "block", rows.running);
  }
}

/** Checks on `fillKv`. */
export const FILL_CHECKS: readonly BackendCheck[] = [
  {
    name: "hole: a row that sees only itself is a first row",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const [token] = trial.tokens(1, 1) as [number];
        const expected = await trial.decode(session.newSlot(), [token]);
        const slot = session.newSlot();
        const step = session.begin(trial.rows(slot, trial.tokens(2)));
        step.fillKv({ from: 0, to: layerCount }, "hole");
        step.commit();
        const actual = await trial.decode(slot, [token]);
        expectSameRows(trial, { actual, expected, what: "behind two holes" });
      }),
  },
  {
    name: "hole: later rows do not depend on the row that is left out",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const last = trial.tokens(4).slice(2);
        const results: Float32Array[][] = [];
        for (const middle of [0, trial.model.vocabSize - 1]) {
          const slot = session.newSlot();
          await trial.decode(slot, trial.tokens(1));
          const step = session.begin(trial.rows(slot, [middle]));
          step.fillKv({ from: 0, to: layerCount }, "hole");
          step.commit();
          results.push(await trial.decode(slot, last));
        }
        expectSameRows(trial, {
          actual: results[1]!,
          expected: results[0]!,
          what: "after another token in the hole",
        });
      }),
  },
  {
    name: "project: the entry is the one that the block writes from the same state",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        for (let from = 0; from < layerCount; from++) {
          const results: Float32Array[][] = [];
          for (const filled of [true, false]) {
            const slot = session.newSlot();
            await trial.decode(slot, trial.tokens(2));
            const step = session.begin(trial.rows(slot, trial.tokens(1, 2)));
            step.run({ from: 0, to: from }, "block");
            if (filled) step.fillKv({ from, to: layerCount }, "project");
            else {
              const mark = step.mark();
              for (let block = from; block < layerCount; block++) {
                step.run(block, "block");
                step.restore(mark);
              }
            }
            const own = await trial.logits(step);
            results.push(own);
            if (filled) {
              step.commit();
              results[0]!.push(...await trial.decode(slot, trial.tokens(2, 1)));
            } else {
              // The row stands below the top, so later rows join the same step.
              const added = step.extend(
                trial.tokens(2, 1).map((token, i) => ({
                  slot,
                  position: 3 + i,
                  token,
                  phase: "decode",
                })),
              );
              trial.runAll(step, added);
              results[1]!.push(...await trial.logits(step, added));
              step.commit([]);
            }
            session.release(slot);
          }
          expectSameRows(trial, {
            actual: results[0]!,
            expected: results[1]!,
            what: `projected from block ${from} on`,
          });
        }
      }),
  },
  {
    name: "fills leave the state of the row as it is",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        for (const fill of [...READABLE, "none"] as const) {
          const slot = session.newSlot();
          const step = session.begin(trial.rows(slot, trial.tokens(2)));
          step.run(0, "block");
          const before = await trial.logits(step);
          step.fillKv({ from: 1, to: layerCount }, fill);
          const after = await trial.logits(step);
          expectSameRows(trial, { actual: after, expected: before, what: `after fill "${fill}"` });
          step.commit();
          session.release(slot);
        }
      }),
  },
  {
    name: "copy: refused while the row has run no block",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), [0]));
        await expectRefusal('fill "copy" at height 0', () => step.fillKv(0, "copy"));
      }),
  },
  {
    name: "project, hole and copy differ; project equals full depth at the last block alone",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        if (layerCount < 2) return; // no block left to skip after one that ran
        const last = trial.tokens(1, 2);
        const after = async (from: number, fill: EntryFill): Promise<Float32Array> => {
          const slot = session.newSlot();
          await trial.decode(slot, trial.tokens(1));
          const step = session.begin(trial.rows(slot, trial.tokens(2).slice(1)));
          runSkipping(trial, step, { from, fill, rows: { skipping: [0], running: [] } });
          step.commit();
          const logits = (await trial.decode(slot, last))[0]!;
          session.release(slot);
          return logits;
        };
        const full = (await trial.decode(session.newSlot(), [...trial.tokens(2), ...last]))[2]!;
        expectSameRows(trial, {
          actual: [await after(layerCount - 1, "project")],
          expected: [full],
          what: "behind a row that skipped the last block",
        });
        const results = layerCount > 2 ? [full] : [];
        for (const fill of READABLE) {
          const logits = await after(1, fill);
          for (const other of results) expectDifferent(logits, other, `fill "${fill}"`);
          results.push(logits);
        }
      }),
  },
];

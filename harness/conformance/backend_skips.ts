/**
 * Backend checks: rows that skip beside rows that run.
 *
 * @module
 */
import { READABLE, runSkipping } from "./backend_fills.ts";
import { expectSameRows } from "./backend_runs.ts";
import {
  type BackendCheck,
  besideReference,
  expectClose,
  expectRefusal,
  onTrial,
} from "./trial.ts";

/** Checks on steps in which some rows skip blocks. */
export const SKIP_CHECKS: readonly BackendCheck[] = [
  {
    name: "none: fine while nobody reads, refused when somebody does",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const half = Math.floor(layerCount / 2);
        const slot = session.newSlot();
        await trial.decode(slot, trial.tokens(1));
        const expected: Float32Array[] = [];
        for (const token of trial.tokens(2, 1)) { // nested: all leave at the same height
          const step = session.begin(trial.rows(slot, [token], "decode"));
          step.run({ from: 0, to: half }, "block");
          step.fillKv({ from: half, to: layerCount }, "none");
          expected.push(...await trial.logits(step));
          step.commit();
        }
        session.truncate(slot, 1);
        const batch = session.begin(trial.rows(slot, trial.tokens(2, 1), "decode"));
        batch.run({ from: 0, to: half }, "block");
        batch.fillKv({ from: half, to: layerCount }, "none");
        const actual = await trial.logits(batch);
        batch.commit();
        expectSameRows(trial, { actual, expected, what: 'at once with fill "none"' });
        const reader = session.begin(trial.rows(slot, [0], "decode"));
        await expectRefusal('a row that reads an entry filled with "none"', async () => {
          trial.runAll(reader);
          await trial.logits(reader);
        });
      }),
  },
  {
    name: "with fills, rows at once equal rows one by one",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const tokens = trial.tokens(6);
        for (const fill of READABLE) {
          const from = fill === "copy" ? 1 : 0;
          if (from >= trial.layerCount) continue;
          const skips = (row: number) => row % 3 === 1;
          const slot = session.newSlot();
          const expected: Float32Array[] = [];
          for (let row = 0; row < tokens.length; row++) {
            const step = session.begin(trial.rows(slot, [tokens[row]!], "decode"));
            const rows = skips(row)
              ? { skipping: [0], running: [] }
              : { skipping: [], running: [0] };
            runSkipping(trial, step, { from, fill, rows });
            expected.push(...await trial.logits(step));
            step.commit();
          }
          session.truncate(slot, 0);
          const step = session.begin(trial.rows(slot, tokens, "decode"));
          const all = tokens.map((_, row) => row);
          const rows = {
            skipping: all.filter(skips),
            running: all.filter((row) => !skips(row)),
          };
          runSkipping(trial, step, { from, fill, rows });
          const actual = await trial.logits(step);
          expectSameRows(trial, { actual, expected, what: `with fill "${fill}"` });
          step.commit();
          session.release(slot);
        }
      }),
  },
  {
    name: "an attention-only skip is filled, then the MLP runs",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const block = layerCount - 1;
        const results: Float32Array[][] = [];
        for (const filled of [true, false]) {
          const slot = session.newSlot();
          const step = session.begin(trial.rows(slot, trial.tokens(1)));
          step.run({ from: 0, to: block }, "block");
          if (filled) step.fillKv(block, "project");
          else {
            const mark = step.mark();
            step.run(block, "attention");
            step.restore(mark);
          }
          step.run(block, "mlp");
          const own = await trial.logits(step);
          step.commit();
          results.push([...own, ...await trial.decode(slot, trial.tokens(1, 1))]);
        }
        expectSameRows(trial, {
          actual: results[0]!,
          expected: results[1]!,
          what: "without attention",
        });
      }),
  },
  {
    name: "logits after every fill equal the reference's",
    run: (setup) =>
      besideReference(setup, async (trial, reference) => {
        for (const fill of READABLE) {
          const from = fill === "copy" ? 1 : Math.floor(trial.layerCount / 2);
          if (from >= trial.layerCount) continue;
          const both: Float32Array[][] = [];
          for (const side of [trial, reference]) {
            const slot = side.session.newSlot();
            const step = side.session.begin(side.rows(slot, side.tokens(5)));
            const rows = { skipping: [1, 2], running: [0, 3, 4] };
            runSkipping(side, step, { from, fill, rows });
            both.push(await side.logits(step));
            step.commit();
            side.session.release(slot);
          }
          both[0]!.forEach((actual, i) =>
            expectClose(actual, both[1]![i]!, {
              tolerance: trial.tolerance.reference,
              relative: true,
              what: `logits of row ${i} with fill "${fill}"`,
            })
          );
        }
      }),
  },
];

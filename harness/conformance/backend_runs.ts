/**
 * Backend checks: running blocks in any grouping gives the same states.
 *
 * @module
 */
import { SHARED_READOUT, type SignalRequest } from "../contract/signal.ts";
import {
  type BackendCheck,
  besideReference,
  expect,
  expectClose,
  expectDifferent,
  onTrial,
  type Trial,
} from "./trial.ts";

/** Asserts that rows of logits are equal up to the tolerance for grouping. */
export function expectSameRows(
  trial: Trial,
  { actual, expected, what }: {
    readonly actual: readonly ArrayLike<number>[];
    readonly expected: readonly ArrayLike<number>[];
    readonly what: string;
  },
): void {
  expect(actual.length === expected.length, `${expected.length} rows of ${what}`);
  actual.forEach((logits, i) =>
    expectClose(logits, expected[i]!, {
      tolerance: trial.tolerance.rows,
      what: `logits of row ${i}, ${what},`,
    })
  );
}

/** Checks on `run`, `extend`, `mark` and `restore`. */
export const RUN_CHECKS: readonly BackendCheck[] = [
  {
    name: "a row at height 0 is its embedding, wherever it stands",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [token, other] = [0, trial.model.vocabSize - 1];
        const slot = session.newSlot();
        const step = session.begin(trial.rows(slot, [token, token, other]));
        const [first, second, third] = await trial.logits(step);
        expectSameRows(trial, {
          actual: [second!],
          expected: [first!],
          what: "the same embedding at two positions",
        });
        if (token !== other) expectDifferent(third!, first!, "another token");
      }),
  },
  {
    name: "a span of blocks equals its blocks one by one",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const tokens = trial.tokens(4);
        const expected = await trial.decode(trial.session.newSlot(), tokens);
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), tokens));
        for (let block = 0; block < trial.layerCount; block++) step.run(block, "block");
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "block by block" });
      }),
  },
  {
    name: "attention, then MLP, equals the block",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const tokens = trial.tokens(4);
        const expected = await trial.decode(trial.session.newSlot(), tokens);
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), tokens));
        for (let block = 0; block < trial.layerCount; block++) {
          step.run(block, "attention");
          const between = await trial.logits(step);
          step.run(block, "mlp");
          expectDifferent((await trial.logits(step))[0]!, between[0]!, "the MLP alone");
        }
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "part by part" });
      }),
  },
  {
    name: "rows at once equal rows one by one",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const tokens = trial.tokens(7);
        const expected = await trial.decodeOneByOne(trial.session.newSlot(), tokens);
        const actual = await trial.decode(trial.session.newSlot(), tokens);
        expectSameRows(trial, { actual, expected, what: "all at once" });
      }),
  },
  {
    name: "rows added to an open step equal rows that began it",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const tokens = trial.tokens(4);
        const { session } = trial;
        const expected = await trial.decode(session.newSlot(), tokens);
        const slot = session.newSlot();
        const rows = trial.rows(slot, tokens);
        const step = session.begin(rows.slice(0, 2));
        trial.runAll(step);
        const added = step.extend(rows.slice(2));
        expect(Array.from(added).join() === "2,3", "rows 2 and 3 to be added");
        expect(step.rowCount === 4, "4 rows in the step");
        trial.runAll(step, added);
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "added later" });
      }),
  },
  {
    name: "rows of two sequences in one step do not see each other",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [one, two] = [trial.tokens(3), trial.tokens(4, 1)];
        const alone = session.newSlot();
        const expected = await trial.decode(alone, one);
        session.release(alone);
        const other = session.newSlot();
        expected.push(...await trial.decode(other, two));
        session.release(other);
        const [a, b] = [session.newSlot(), session.newSlot()];
        const step = session.begin([...trial.rows(a, one), ...trial.rows(b, two)]);
        trial.runAll(step);
        const actual = await trial.logits(step);
        step.commit();
        expectSameRows(trial, { actual, expected, what: "side by side" });
        expect(session.length(a) === 3 && session.length(b) === 4, "each slot to keep its rows");
      }),
  },
  {
    name: "rows of one step may stand at different heights",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(3);
        const expected = await trial.decode(session.newSlot(), tokens);
        const step = session.begin(trial.rows(session.newSlot(), tokens));
        const half = Math.floor(layerCount / 2);
        for (let row = 0; row < 3; row++) step.run({ from: 0, to: half }, "block", [row]);
        step.run({ from: half, to: layerCount }, "block", [0]);
        step.run({ from: half, to: layerCount }, "block", [1, 2]);
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "by turns" });
      }),
  },
  {
    name: "rows are read in the order of the row set",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), trial.tokens(3)));
        trial.runAll(step);
        const [first, , third] = await trial.logits(step);
        const actual = await trial.logits(step, [2, 0]);
        expectSameRows(trial, { actual, expected: [third!, first!], what: "in reverse" });
      }),
  },
  {
    name: "blocks in another order: at once equals one by one",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const order = Array.from({ length: layerCount }, (_, block) => layerCount - 1 - block);
        const tokens = trial.tokens(4);
        const slot = session.newSlot();
        const expected: Float32Array[] = [];
        for (const token of tokens) {
          const step = session.begin(trial.rows(slot, [token]));
          for (const block of order) step.run(block, "block");
          expected.push(...await trial.logits(step));
          step.commit();
        }
        const step = session.begin(trial.rows(session.newSlot(), tokens));
        for (const block of order) step.run(block, "block");
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "downwards" });
      }),
  },
  {
    name: "each pass of a repeated block has its own entries",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const [first, second] = trial.tokens(2) as [number, number];
        const expected = await trial.decode(session.newSlot(), [first, second]);
        const slot = session.newSlot();
        const step = session.begin(trial.rows(slot, [first]));
        trial.runAll(step);
        const once = (await trial.logits(step))[0]!;
        step.run(layerCount - 1, "block", [0], 1);
        expectDifferent((await trial.logits(step))[0]!, once, "a second pass");
        step.commit();
        const actual = await trial.decode(slot, [second]);
        expectSameRows(trial, { actual, expected: [expected[1]!], what: "after a second pass" });
      }),
  },
  {
    name: "reading changes nothing",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const tokens = trial.tokens(3);
        const expected = await trial.decode(trial.session.newSlot(), tokens);
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), tokens));
        for (let block = 0; block < trial.layerCount; block++) {
          step.run(block, "block");
          await step.readToken(SHARED_READOUT);
          step.pick(SHARED_READOUT, 0);
          await step.readSignals([{ kind: "readout", signal: "entropy", readout: SHARED_READOUT }]);
          step.mark();
        }
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected, what: "with reads between" });
        expectSameRows(trial, { actual: await trial.logits(step), expected, what: "read again" });
      }),
  },
  {
    name: "a mark is read, and puts states back",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(3);
        const step = session.begin(trial.rows(session.newSlot(), tokens));
        const half = Math.floor(layerCount / 2);
        step.run({ from: 0, to: half }, "block");
        const entropy: SignalRequest = {
          kind: "readout",
          signal: "entropy",
          readout: SHARED_READOUT,
        };
        const entropies = async (): Promise<Float32Array> =>
          Float32Array.from((await step.readSignals([entropy])).values.subarray(0, 3));
        const below = await trial.logits(step);
        const belowEntropies = await entropies();
        const mark = step.mark();
        step.run({ from: half, to: layerCount }, "block");
        await entropies();
        const above = await trial.logits(step);
        const readout = { head: "shared", mark };
        const marked = Float32Array.from(await step.readLogits(readout, [1]));
        expectSameRows(trial, { actual: [marked], expected: [below[1]!], what: "of a mark" });
        step.restore(mark);
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected: below, what: "restored" });
        expectClose(await entropies(), belowEntropies, {
          tolerance: trial.tolerance.signal,
          what: "entropy of restored states",
        });
        step.run({ from: half, to: layerCount }, "block");
        const again = await trial.logits(step);
        expectSameRows(trial, { actual: again, expected: above, what: "run again" });
      }),
  },
  {
    name: "logits equal the reference's at every height",
    run: (setup) =>
      besideReference(setup, async (trial, reference) => {
        const tokens = trial.tokens(6);
        const mine = trial.session.begin(trial.rows(trial.session.newSlot(), tokens));
        const theirs = reference.session.begin(
          reference.rows(reference.session.newSlot(), tokens),
        );
        for (let height = 0; height <= trial.layerCount; height++) {
          const expected = await reference.logits(theirs);
          (await trial.logits(mine)).forEach((actual, i) =>
            expectClose(actual, expected[i]!, {
              tolerance: trial.tolerance.reference,
              relative: true,
              what: `logits of row ${i} at height ${height}`,
            })
          );
          if (height === trial.layerCount) return;
          mine.run(height, "block");
          theirs.run(height, "block");
        }
      }),
  },
];

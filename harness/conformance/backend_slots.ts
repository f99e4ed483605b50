/**
 * Backend checks: slots, forks, truncation, commits, and what is refused.
 *
 * @module
 */
import { expectSameRows } from "./backend_runs.ts";
import {
  type BackendCheck,
  expect,
  expectRefusal,
  onTrial,
  TRIAL_CONTEXT,
  TRIAL_SLOTS,
} from "./trial.ts";

/** Checks on slots and commits. */
export const SLOT_CHECKS: readonly BackendCheck[] = [
  {
    name: "a fork goes its own way",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [prefix, one, two] = [trial.tokens(3), trial.tokens(2, 1), trial.tokens(2, 2)];
        const alone = session.newSlot();
        await trial.decode(alone, prefix);
        const expected = await trial.decode(alone, one);
        session.truncate(alone, 3);
        expected.push(...await trial.decode(alone, two));
        session.release(alone);
        const trunk = session.newSlot();
        await trial.decode(trunk, prefix);
        const fork = session.fork(trunk);
        expect(session.length(fork) === 3, "a fork to have its trunk's length");
        const actual = await trial.decode(trunk, one);
        actual.push(...await trial.decode(fork, two));
        expectSameRows(trial, { actual, expected, what: "on trunk and fork" });
        session.release(trunk);
        await trial.decode(fork, one);
      }),
  },
  {
    name: "a truncated slot goes on as if the rest had never been",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [prefix, one, two] = [trial.tokens(2), trial.tokens(3, 1), trial.tokens(3, 2)];
        const expected = await trial.decode(session.newSlot(), [...prefix, ...two]);
        const slot = session.newSlot();
        await trial.decode(slot, [...prefix, ...one]);
        session.truncate(slot, 2);
        expect(session.length(slot) === 2, "a truncated slot to have the length that it was given");
        const actual = await trial.decode(slot, two);
        expectSameRows(trial, { actual, expected: expected.slice(2), what: "after truncation" });
        session.truncate(slot, 0);
        const afresh = await trial.decode(slot, [...prefix, ...two]);
        expectSameRows(trial, { actual: afresh, expected, what: "after truncation to nothing" });
      }),
  },
  {
    name: "slots run out, and come back empty when released",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const tokens = trial.tokens(2);
        const slots = Array.from({ length: TRIAL_SLOTS }, () => session.newSlot());
        expect(new Set(slots).size === TRIAL_SLOTS, "open slots to differ");
        const expected = await trial.decode(slots[0]!, tokens);
        await expectRefusal("one slot too many", () => session.newSlot());
        await expectRefusal("a fork without a free slot", () => session.fork(slots[0]!));
        session.release(slots[0]!);
        await expectRefusal("a released slot", () => session.length(slots[0]!));
        const slot = session.newSlot();
        expect(session.length(slot) === 0, "a new slot to be empty");
        const actual = await trial.decode(slot, tokens);
        expectSameRows(trial, { actual, expected, what: "in a slot used before" });
      }),
  },
  {
    name: "commit keeps a prefix and forgets the rest",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [tokens, others] = [trial.tokens(4), trial.tokens(3, 1)];
        const expected = await trial.decode(session.newSlot(), [...tokens.slice(0, 2), ...others]);
        const slot = session.newSlot();
        const step = session.begin(trial.rows(slot, tokens, "draft"));
        trial.runAll(step);
        step.commit([0, 1]);
        expect(session.length(slot) === 2, "a slot to hold the two rows that were kept");
        const actual = await trial.decode(slot, others);
        expectSameRows(trial, { actual, expected: expected.slice(2), what: "after two kept rows" });
        const none = session.begin(trial.rows(slot, tokens, "draft"));
        trial.runAll(none);
        none.commit([]);
        expect(session.length(slot) === 5, "a slot to keep its length when no row is kept");
      }),
  },
  {
    name: "commit keeps a prefix of each slot by itself",
    run: (setup) =>
      onTrial(setup, (trial) => {
        const { session } = trial;
        const [a, b] = [session.newSlot(), session.newSlot()];
        const step = session.begin([
          ...trial.rows(a, trial.tokens(3)),
          ...trial.rows(b, trial.tokens(2)),
        ]);
        trial.runAll(step);
        step.commit([0, 3, 4]);
        expect(session.length(a) === 1, "the first slot to keep one row");
        expect(session.length(b) === 2, "the second slot to keep two rows");
      }),
  },
  {
    name: "dropped rows leave no entries behind, in later passes either",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const [tokens, others] = [trial.tokens(2), trial.tokens(2, 1)];
        const results: Float32Array[][] = [];
        for (const dropped of ["nothing", "by truncation", "by commit"]) {
          const slot = session.newSlot();
          const step = session.begin(trial.rows(slot, tokens));
          trial.runAll(step);
          if (dropped !== "nothing") step.run(layerCount - 1, "block", [1], 1);
          if (dropped === "by truncation") {
            step.commit();
            session.truncate(slot, 1);
          } else step.commit([0]);
          await trial.decode(slot, others.slice(0, 1));
          // Its second pass sees those of earlier rows: none, unless a dropped one is left.
          const last = session.begin(trial.rows(slot, others.slice(1)));
          trial.runAll(last);
          last.run(layerCount - 1, "block", [0], 1);
          results.push(await trial.logits(last));
          last.commit();
        }
        for (const actual of results.slice(1)) {
          expectSameRows(trial, { actual, expected: results[0]!, what: "behind dropped rows" });
        }
      }),
  },
  {
    name: "commit refuses rows that are no prefix",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), trial.tokens(3)));
        trial.runAll(step);
        await expectRefusal("a commit that leaves a row out", () => step.commit([0, 2]));
      }),
  },
  {
    name: "rows must continue their slot",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const slot = session.newSlot();
        await trial.decode(slot, trial.tokens(2));
        for (const position of [0, 1, 3, -1, 2.5]) {
          await expectRefusal(
            `position ${position} after 2 tokens`,
            () => session.begin([{ slot, position, token: 0, phase: "decode" }]),
          );
        }
        const row = { slot, position: 2, token: 0, phase: "decode" } as const;
        await expectRefusal("one position twice", () => session.begin([row, row]));
        await expectRefusal(
          "a slot that is not open",
          () => session.begin([{ ...row, slot: slot + 1 }]),
        );
        // Refusals leave the session as it was.
        await trial.decode(slot, trial.tokens(1));
        expect(session.length(slot) === 3, "a slot to go on after refusals");
      }),
  },
  {
    name: "tokens must be in the vocabulary",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const slot = trial.session.newSlot();
        for (const token of [-1, trial.model.vocabSize, 0.5, NaN]) {
          await expectRefusal(
            `token ${token}`,
            () => trial.session.begin([{ slot, position: 0, token, phase: "prompt" }]),
          );
        }
      }),
  },
  {
    name: "the context has an end",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const context = Math.min(TRIAL_CONTEXT, trial.model.context);
        const slot = trial.session.newSlot();
        await trial.decode(slot, trial.tokens(context));
        await expectRefusal(
          "a row past the context",
          () => trial.session.begin(trial.rows(slot, [0])),
        );
      }),
  },
  {
    name: "one step is open at a time",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const [a, b] = [session.newSlot(), session.newSlot()];
        const step = session.begin(trial.rows(a, [0]));
        await expectRefusal("a second step", () => session.begin(trial.rows(b, [0])));
        await expectRefusal("a fork during a step", () => session.fork(a));
        await expectRefusal("a truncation during a step", () => session.truncate(a, 0));
        trial.runAll(step);
        step.commit();
        await expectRefusal("a committed step", () => step.run(0, "block"));
        session.begin(trial.rows(b, [0])).commit([]);
      }),
  },
  {
    name: "blocks and rows must exist",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const step = trial.session.begin(trial.rows(trial.session.newSlot(), [0]));
        const { layerCount } = trial;
        for (const block of [-1, layerCount, { from: 0, to: layerCount + 1 }]) {
          await expectRefusal(`block ${JSON.stringify(block)}`, () => step.run(block, "block"));
          await expectRefusal(`block ${JSON.stringify(block)}`, () => step.fillKv(block, "hole"));
        }
      }),
  },
  {
    name: "memory is counted",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const slot = trial.session.newSlot();
        const before = trial.session.memory();
        await trial.decode(slot, trial.tokens(3));
        const after = trial.session.memory();
        for (const bytes of Object.values(after)) {
          expect(Number.isInteger(bytes) && bytes >= 0, `whole bytes: current value is ${bytes}`);
        }
        expect(after.weightBytes > 0, "weights to take memory");
        expect(after.kvBytes > 0, "keys and values to take memory");
        expect(after.kvBytes >= before.kvBytes, "the cache not to shrink while it fills");
      }),
  },
];

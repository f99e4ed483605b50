/**
 * Backend checks: rows left below the top and taken up again.
 *
 * @module
 */
import type { Row } from "../contract/backend.ts";
import { expectSameRows } from "./backend_runs.ts";
import { type BackendCheck, expectRefusal, onTrial, type Trial } from "./trial.ts";

/** Heights below the top at which rows are interrupted. */
function cuts({ layerCount }: Trial): readonly number[] {
  return [...new Set([0, Math.floor(layerCount / 2), layerCount - 1])];
}

function pending(slot: number, position: number): Row {
  return { slot, position, token: "pending", phase: "decode" };
}

/** Checks on pending rows. */
export const PENDING_CHECKS: readonly BackendCheck[] = [
  {
    name: "a pending row that is taken up equals one never interrupted",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(4);
        const expected = await trial.decode(session.newSlot(), tokens);
        for (const cut of cuts(trial)) {
          const slot = session.newSlot();
          await trial.decode(slot, tokens.slice(0, 2));
          const first = session.begin(trial.rows(slot, [tokens[2]!], "decode"));
          first.run({ from: 0, to: cut }, "block");
          first.commit();
          const next = session.begin([pending(slot, 2), ...trial.rows(slot, [tokens[3]!])]);
          next.run({ from: 0, to: cut }, "block", [1]);
          next.run({ from: cut, to: layerCount }, "block");
          const actual = await trial.logits(next);
          next.commit();
          expectSameRows(trial, {
            actual,
            expected: expected.slice(2),
            what: `taken up at height ${cut}`,
          });
          await expectRefusal(
            "a row that is no longer pending",
            () => session.begin([pending(slot, 2)]),
          );
          session.release(slot);
        }
      }),
  },
  {
    name: "several pending rows flush together",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(5);
        const expected = await trial.decode(session.newSlot(), tokens);
        const cut = Math.floor(layerCount / 2);
        const slot = session.newSlot();
        await trial.decode(slot, tokens.slice(0, 1));
        for (const token of tokens.slice(1, 4)) { // each stays below while the next one passes
          const step = session.begin(trial.rows(slot, [token], "decode"));
          step.run({ from: 0, to: cut }, "block");
          step.commit();
        }
        const step = session.begin([1, 2, 3].map((position) => pending(slot, position)));
        const added = step.extend([{ slot, position: 4, token: tokens[4]!, phase: "decode" }]);
        step.run({ from: 0, to: cut }, "block", added);
        step.run({ from: cut, to: layerCount }, "block");
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected: expected.slice(1), what: "flushed together" });
      }),
  },
  {
    name: "drafts raised one by one and finished together equal full depth",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(5);
        const expected = await trial.decode(session.newSlot(), tokens);
        const cut = Math.max(1, Math.floor(layerCount / 2));
        const slot = session.newSlot();
        await trial.decode(slot, tokens.slice(0, 2));
        const step = session.begin(trial.rows(slot, [tokens[2]!], "draft"));
        step.run({ from: 0, to: cut }, "block");
        for (const position of [3, 4]) {
          const row = { slot, position, token: tokens[position]!, phase: "draft" } as const;
          step.run({ from: 0, to: cut }, "block", step.extend([row]));
        }
        step.run({ from: cut, to: layerCount }, "block");
        const actual = await trial.logits(step);
        expectSameRows(trial, { actual, expected: expected.slice(2), what: "of drafts" });
        step.commit([0, 1]);
        const after = await trial.decode(slot, [tokens[4]!]);
        expectSameRows(trial, { actual: after, expected: [expected[4]!], what: "after a verify" });
      }),
  },
  {
    name: "forks copy pending rows, truncation drops them",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session, layerCount } = trial;
        const tokens = trial.tokens(3);
        const alone = session.newSlot();
        const expected = await trial.decode(alone, tokens);
        session.release(alone);
        const slot = session.newSlot();
        await trial.decode(slot, tokens.slice(0, 2));
        const cut = layerCount - 1;
        const step = session.begin(trial.rows(slot, [tokens[2]!], "decode"));
        step.run({ from: 0, to: cut }, "block");
        step.commit();
        const fork = session.fork(slot);
        session.truncate(slot, 2);
        await expectRefusal("a pending row cut off", () => session.begin([pending(slot, 2)]));
        const again = session.begin([pending(fork, 2)]);
        again.run({ from: cut, to: layerCount }, "block");
        expectSameRows(trial, {
          actual: await trial.logits(again),
          expected: [expected[2]!],
          what: "taken up on a fork",
        });
      }),
  },
];

/**
 * Backend checks: tokens picked on the device, and tokens drawn at random.
 *
 * @module
 */
import type { Sampler } from "../contract/backend.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import { expectSameRows } from "./backend_runs.ts";
import { lawOf, sampledLaw } from "./expected_signals.ts";
import { type BackendCheck, expect, expectClose, onTrial } from "./trial.ts";

/** Draws per law. Uniform numbers are spread evenly, so shares are off by at most 2 / DRAWS. */
const DRAWS = 200;

const SAMPLERS: readonly Omit<Sampler, "uniform">[] = [
  { temperature: 1 },
  { temperature: 0.5 },
  { temperature: 2 },
  { temperature: 1, topK: 1 },
  { temperature: 1.5, topK: 2 },
  { temperature: 1, topP: 0.6 },
  { temperature: 3, topK: 3, topP: 0.7 },
];

/** Checks on `pick` and on samplers. */
export const TOKEN_CHECKS: readonly BackendCheck[] = [
  {
    name: "a picked token feeds a row of the same step",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const prompt = trial.tokens(3);
        const plain = session.newSlot();
        const tokens = [...prompt];
        const expected: Float32Array[] = [];
        for (let drafted = 0; drafted < 3; drafted++) {
          const logits = await trial.decode(plain, tokens.slice(session.length(plain)));
          expected.push(logits.at(-1)!);
          tokens.push(Array.from(logits.at(-1)!).indexOf(Math.max(...logits.at(-1)!)));
        }
        const slot = session.newSlot();
        const step = session.begin(trial.rows(slot, prompt));
        trial.runAll(step);
        for (let position = 3; position < 5; position++) {
          const token = step.pick(SHARED_READOUT, step.rowCount - 1);
          trial.runAll(step, step.extend([{ slot, position, token, phase: "draft" }]));
        }
        const actual = await trial.logits(step, [2, 3, 4]);
        expectSameRows(trial, { actual, expected, what: "behind picked tokens" });
        const choice = await step.readToken(SHARED_READOUT, [2, 3, 4]);
        expect(
          Array.from(choice.tokens).join() === tokens.slice(3).join(),
          "tokens read to be the tokens picked",
        );
      }),
  },
  {
    name: "a picked token feeds the next step",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const prompt = trial.tokens(3);
        const slot = session.newSlot();
        const first = session.begin(trial.rows(slot, prompt));
        trial.runAll(first);
        const choice = await first.readToken(SHARED_READOUT, [2]);
        const token = choice.tokens[0]!;
        const picked = first.pick(SHARED_READOUT, 2);
        first.commit();
        const next = session.begin([{ slot, position: 3, token: picked, phase: "decode" }]);
        trial.runAll(next);
        const actual = await trial.logits(next);
        next.commit();
        const all = await trial.decode(session.newSlot(), [...prompt, token]);
        expectSameRows(trial, { actual, expected: [all[3]!], what: "of the token picked before" });
      }),
  },
  {
    name: "drawn tokens follow temperature, topK and topP",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const step = session.begin(trial.rows(session.newSlot(), trial.tokens(2)));
        trial.runAll(step);
        const logits = (await trial.logits(step, [1]))[0]!;
        const plain = lawOf(logits);
        for (const sampler of SAMPLERS) {
          const wanted = sampledLaw(logits, sampler);
          const counts = new Array<number>(wanted.length).fill(0);
          for (let draw = 0; draw < DRAWS; draw++) {
            const uniform = (): number => (draw + 0.5) / DRAWS;
            const choice = await step.readToken(SHARED_READOUT, [1], { ...sampler, uniform });
            const token = choice.tokens[0]!;
            counts[token]!++;
            if (draw % 50 > 0) continue;
            expectClose([choice.logProbabilities[0]!], [Math.log(plain[token]!)], {
              tolerance: trial.tolerance.signal,
              relative: true,
              what: "the log-probability of a drawn token, without the sampler,",
            });
          }
          const what = `shares of tokens drawn with ${JSON.stringify(sampler)}`;
          const shares = counts.map((count) => count / DRAWS);
          expectClose(shares, wanted, { tolerance: 2 / DRAWS + 1e-6, what });
          shares.forEach((share, token) =>
            expect(share === 0 || wanted[token]! > 0, `no token outside the kept ones in ${what}`)
          );
        }
      }),
  },
  {
    name: "equal uniform numbers draw equal tokens",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { session } = trial;
        const step = session.begin(trial.rows(session.newSlot(), trial.tokens(3)));
        trial.runAll(step);
        const sampler = { temperature: 2, uniform: (): number => 0.37 };
        const draw = async (rows: readonly number[]): Promise<readonly number[]> =>
          Array.from((await step.readToken(SHARED_READOUT, rows, sampler)).tokens);
        const together = await draw([0, 1, 2]);
        expect((await draw([0, 1, 2])).join() === together.join(), "the same draw twice");
        const apart = [...await draw([0]), ...await draw([1]), ...await draw([2])];
        expect(apart.join() === together.join(), "rows drawn together as rows drawn alone");
      }),
  },
];

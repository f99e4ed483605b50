/**
 * Backend checks: readouts over a part of the vocabulary.
 *
 * @module
 */
import { type Readout, SHARED_READOUT } from "../contract/signal.ts";
import { climbed, expectReadouts, logitsOf } from "./backend_signals.ts";
import { ranking } from "./expected_signals.ts";
import { type BackendCheck, expect, onTrial } from "./trial.ts";

/** Checks on `selectVocabulary`. */
export const SUBSET_CHECKS: readonly BackendCheck[] = [
  {
    name: "a subset holds the likeliest tokens and is renormalised",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        const { vocabSize } = trial.model;
        const chosenAt: Readout = { head: "shared", mark: marks[0]! };
        const low = await logitsOf(trial, step, chosenAt);
        const top = await logitsOf(trial, step, SHARED_READOUT);
        const within = (k: number): readonly (readonly number[])[] =>
          low.map((row) => [...ranking(row).slice(0, k)].sort((a, b) => a - b));
        for (const k of new Set([1, Math.min(2, vocabSize), Math.ceil(vocabSize / 2), vocabSize])) {
          const subset = step.selectVocabulary(chosenAt, k);
          expect(subset.size === k, `a subset of ${k} tokens`);
          const tokens = within(k);
          await expectReadouts(trial, step, {
            readout: { head: "shared", vocabulary: subset },
            logits: top.map((row, i) => tokens[i]!.map((token) => row[token]!)),
            tokens,
          });
        }
      }),
  },
  {
    name: "a subset nests in the subset that it was chosen from",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        const { vocabSize } = trial.model;
        const [wide, narrow] = [Math.max(1, vocabSize - 1), Math.max(1, vocabSize - 2)];
        const chosenAt: Readout = { head: "shared", mark: marks[0]! };
        const low = await logitsOf(trial, step, chosenAt);
        const top = await logitsOf(trial, step, SHARED_READOUT);
        const outer = step.selectVocabulary(chosenAt, wide);
        const inner = step.selectVocabulary({ head: "shared", vocabulary: outer }, narrow);
        const tokens = low.map((row, i) => {
          const kept = ranking(row).slice(0, wide);
          return ranking(top[i]!).filter((token) => kept.includes(token)).slice(0, narrow)
            .sort((a, b) => a - b);
        });
        const readout: Readout = { head: "shared", vocabulary: inner };
        await expectReadouts(trial, step, {
          readout,
          logits: top.map((row, i) => tokens[i]!.map((token) => row[token]!)),
          tokens,
        });
        const choice = await step.readToken(readout);
        tokens.forEach((kept, i) => {
          const best = kept[ranking(kept.map((token) => top[i]![token]!))[0]!];
          expect(choice.tokens[i] === best, `token ${best} of row ${i}, the likeliest kept`);
        });
      }),
  },
];

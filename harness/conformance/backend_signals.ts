/**
 * Backend checks: every signal equals what the backend's own logits say.
 *
 * @module
 */
import type { DecoderStep } from "../contract/backend.ts";
import {
  type HiddenMark,
  type Readout,
  type ReadoutSignal,
  SHARED_READOUT,
  type SignalRequest,
  type Signals,
} from "../contract/signal.ts";
import { cosineOf, divergence, ranking, readoutSignals } from "./expected_signals.ts";
import {
  type BackendCheck,
  besideReference,
  expect,
  expectClose,
  expectRefusal,
  onTrial,
  type Trial,
} from "./trial.ts";

const READOUT_SIGNALS: readonly ReadoutSignal[] = [
  "token",
  "top1",
  "margin",
  "logitMargin",
  "entropy",
];

/** Values of one request, copied. */
function valuesOf(signals: Signals, request: number, rows: number): Float32Array {
  const start = signals.offsets[request]!;
  return signals.values.slice(start, start + rows);
}

/** A step with three rows at the top, and marks of every height. */
export function climbed(
  trial: Trial,
): { readonly step: DecoderStep; readonly marks: HiddenMark[] } {
  const step = trial.session.begin(trial.rows(trial.session.newSlot(), trial.tokens(3)));
  const marks = [step.mark()];
  for (let block = 0; block < trial.layerCount; block++) {
    step.run(block, "block");
    marks.push(step.mark());
  }
  return { step, marks };
}

/** Logits of all rows of a step, one array each. */
export async function logitsOf(
  trial: Trial,
  step: DecoderStep,
  readout: Readout,
): Promise<readonly Float32Array[]> {
  const all = Float32Array.from(await step.readLogits(readout));
  const { vocabSize } = trial.model;
  return Array.from(
    { length: step.rowCount },
    (_, row) => all.slice(row * vocabSize, (row + 1) * vocabSize),
  );
}

function expectSignal(
  trial: Trial,
  { actual, expected, what }: {
    readonly actual: ArrayLike<number>;
    readonly expected: ArrayLike<number>;
    readonly what: string;
  },
): void {
  expectClose(actual, expected, { tolerance: trial.tolerance.signal, relative: true, what });
}

/** Asserts that all readout signals over some logits are as computed from them. */
export async function expectReadouts(
  trial: Trial,
  step: DecoderStep,
  { readout, logits, tokens }: {
    readonly readout: Readout;
    readonly logits: readonly ArrayLike<number>[];
    /** Token ids behind each row's logits; all of the vocabulary when absent. */
    readonly tokens?: readonly (readonly number[])[];
  },
): Promise<void> {
  const requests = READOUT_SIGNALS.map((signal): SignalRequest => ({
    kind: "readout",
    signal,
    readout,
  }));
  const signals = await step.readSignals(requests);
  READOUT_SIGNALS.forEach((signal, i) => {
    expectSignal(trial, {
      actual: valuesOf(signals, i, logits.length),
      expected: logits.map((row, r) => {
        const value = readoutSignals(row)[signal];
        return signal === "token" ? tokens?.[r]?.[value] ?? value : value;
      }),
      what: `signal "${signal}"`,
    });
  });
}

/** Checks on `readSignals` and greedy `readToken`. */
export const SIGNAL_CHECKS: readonly BackendCheck[] = [
  {
    name: "readout signals follow from the logits, at every height",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        for (const mark of marks) {
          const readout = { head: "shared", mark };
          const logits = await logitsOf(trial, step, readout);
          await expectReadouts(trial, step, { readout, logits });
        }
      }),
  },
  {
    name: "a greedy token comes with its log-probability, its rival and their distance",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step } = climbed(trial);
        const logits = await logitsOf(trial, step, SHARED_READOUT);
        const choice = await step.readToken(SHARED_READOUT);
        logits.forEach((row, i) => {
          const wanted = readoutSignals(row);
          expect(choice.tokens[i] === wanted.token, `token ${wanted.token} of row ${i}`);
          expect(
            choice.seconds[i] === (ranking(row)[1] ?? -1),
            `the second likeliest token of row ${i}`,
          );
          expectSignal(trial, {
            actual: [choice.logProbabilities[i]!, choice.logitMargins[i]!],
            expected: [Math.log(wanted.top1), wanted.logitMargin],
            what: `log-probability and logit margin of row ${i}`,
          });
        });
      }),
  },
  {
    name: "signals are laid out request after request, rows in the order asked",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step } = climbed(trial);
        const request = (signal: ReadoutSignal): SignalRequest => ({
          kind: "readout",
          signal,
          readout: SHARED_READOUT,
        });
        const all = await step.readSignals([request("entropy")]);
        const entropies = valuesOf(all, 0, 3);
        const some = await step.readSignals([request("top1"), request("entropy")], [2, 0]);
        expectSignal(trial, {
          actual: valuesOf(some, 1, 2),
          expected: [entropies[2]!, entropies[0]!],
          what: "entropy of rows 2 and 0",
        });
      }),
  },
  {
    name: "divergence and cosine of two readouts follow from their logits",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        const [p, q] = [marks.at(-1)!, marks[0]!].map((mark): Readout => ({
          head: "shared",
          mark,
        }));
        const [atP, atQ] = [await logitsOf(trial, step, p!), await logitsOf(trial, step, q!)];
        const signals = await step.readSignals([
          { kind: "kl", p: p!, q: q! },
          { kind: "kl", p: p!, q: p! },
          { kind: "logitCosine", a: p!, b: q!, centred: false },
          { kind: "logitCosine", a: p!, b: q!, centred: true },
        ]);
        const expected = [
          atP.map((row, i) => divergence(row, atQ[i]!)),
          atP.map(() => 0),
          atP.map((row, i) => cosineOf(row, atQ[i]!)),
          atP.map((row, i) => cosineOf(row, atQ[i]!, { centred: true })),
        ];
        const names = ["kl", "kl of a law with itself", "logitCosine", "centred logitCosine"];
        expected.forEach((values, i) =>
          expectSignal(trial, {
            actual: valuesOf(signals, i, 3),
            expected: values,
            what: `signal "${names[i]}"`,
          })
        );
      }),
  },
  {
    name: "state signals of a state with itself, and both ways round",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        const [low, top] = [marks[0]!, marks.at(-1)!];
        const state = (
          signal: "cosine" | "relativeNorm" | "featureEntropy",
          a: HiddenMark | undefined,
          b: HiddenMark | undefined,
        ): SignalRequest => ({ kind: "state", signal, a, b });
        const signals = await step.readSignals([
          state("cosine", low, low),
          state("relativeNorm", low, low),
          state("featureEntropy", low, low),
          state("cosine", low, top),
          state("cosine", top, low),
          state("cosine", low, undefined),
          state("relativeNorm", low, top),
          state("relativeNorm", top, low),
        ]);
        const rows = [0, 1, 2];
        const read = rows.length;
        const values = (i: number): Float32Array => valuesOf(signals, i, read);
        const same = (i: number, expected: ArrayLike<number>, what: string): void =>
          expectSignal(trial, { actual: values(i), expected, what });
        same(0, rows.map(() => 1), "cosine of a state with itself");
        same(1, rows.map(() => 0), "relativeNorm of a state with itself");
        const flat = Math.log(trial.model.dModel);
        same(2, rows.map(() => flat), "featureEntropy of no difference");
        same(4, values(3), "cosine the other way round");
        same(5, values(3), "cosine with the current state");
        // ‖b − a‖² = ‖a‖² + ‖b‖² − 2 ‖a‖ ‖b‖ cos, so both relative norms fix the cosine:
        // with r = ‖a‖/‖b‖ = (‖b−a‖/‖b‖) / (‖b−a‖/‖a‖), (‖b−a‖/‖a‖)² = 1 + 1/r² − 2 cos / r.
        const cosines = rows.map((i) => {
          const [up, down] = [values(6)[i]!, values(7)[i]!];
          const r = down / up;
          return (1 + 1 / r ** 2 - up ** 2) * r / 2;
        });
        expectClose(values(3), cosines, {
          tolerance: Math.max(1e-4, 100 * trial.tolerance.signal),
          what: "cosine as the two relative norms have it",
        });
      }),
  },
  {
    name: "unknown heads, probes and marks are refused",
    run: (setup) =>
      onTrial(setup, async (trial) => {
        const { step, marks } = climbed(trial);
        await expectRefusal(
          "a head that was not opened",
          () => step.readLogits({ head: "no_such_head" }),
        );
        await expectRefusal(
          "a probe that was not opened",
          () => step.readSignals([{ kind: "probe", probe: "no_such_probe" }]),
        );
        await expectRefusal(
          "a mark that was not taken",
          () => step.readLogits({ head: "shared", mark: { mark: marks.length + 7 } }),
        );
        await expectRefusal("a subset of no token", () => step.selectVocabulary(SHARED_READOUT, 0));
      }),
  },
  {
    name: "state signals equal the reference's",
    run: (setup) =>
      besideReference(setup, async (trial, reference) => {
        const read = async (side: Trial): Promise<Float32Array> => {
          const { step, marks } = climbed(side);
          const requests = (["cosine", "relativeNorm", "featureEntropy"] as const).flatMap(
            (signal) =>
              marks.slice(1).map((b, i): SignalRequest => ({
                kind: "state",
                signal,
                a: marks[i]!,
                b,
              })),
          );
          const { values } = await step.readSignals(requests);
          return values.slice(0, 3 * requests.length);
        };
        expectClose(await read(trial), await read(reference), {
          tolerance: trial.tolerance.reference,
          relative: true,
          what: "state signals of all blocks",
        });
      }),
  },
];

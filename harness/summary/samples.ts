/**
 * Sample outputs: a few prompts with the outputs of all arms side by side.
 *
 * Suites take turns. Within a suite, prompts on which some policy departs from
 * the baseline take turns with prompts on which none does, each in the order of
 * the run, so that samples show both and neither is picked by hand. Where a
 * suite has no generations, its given texts are shown with the places at which
 * the argmax flips. At most 200 tokens of an output are kept.
 *
 * @module
 */
import type { FreeRecord, LockstepRecord, TokenSignals } from "../contract/record.ts";
import type { Sample, SampleOutput, SampleToken } from "../contract/summary.ts";
import { type ArmRecords, type RunView, shownArms, suitesOf } from "./run_view.ts";

const MOST_TOKENS = 200;

/** At most `most` samples of a run. */
export function samplesOf(view: RunView, most: number): readonly Sample[] {
  const queues = suitesOf(view).map(({ name }) => alternate(suiteSamples(view, name)));
  return takeTurns(queues).slice(0, most);
}

/** First of each list, then second of each, and so on. */
function takeTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1)))
    .flat();
}

function alternate(samples: readonly Sample[]): readonly Sample[] {
  const departs = ({ outputs }: Sample): boolean =>
    outputs.some(({ tokens }) => tokens.some(({ differs }) => differs));
  return takeTurns([
    samples.filter(departs),
    samples.filter((sample) => !departs(sample)),
  ]);
}

function suiteSamples(view: RunView, suite: string): readonly Sample[] {
  const arms = shownArms(view);
  const outputs = [freeOutputs, forcedOutputs]
    .map((make) => make(arms, suite))
    .find(({ size }) => size > 0);
  return view.run.items
    .filter((item) => item.suite === suite && outputs?.has(item.item))
    .map(({ item, prompt, target }) => ({
      suite,
      item,
      prompt,
      target,
      outputs: outputs!.get(item)!,
    }));
}

/** Outputs by item, of items that the baseline answered. */
type Outputs = ReadonlyMap<string, readonly SampleOutput[]>;

function freeOutputs(arms: readonly ArmRecords[], suite: string): Outputs {
  const [bases, ...others] = arms.map(({ free }) => byItem(free, suite));
  return new Map([...bases!].map(([item, base]) => [
    item,
    [base, ...others.flatMap((records) => records.get(item) ?? [])]
      .map((record) => generated(record, base)),
  ]));
}

function generated(record: FreeRecord, base: FreeRecord): SampleOutput {
  return {
    arm: record.arm,
    tokens: record.pieces.slice(0, MOST_TOKENS).map((text, t) => ({
      text,
      height: record.heights[t]!,
      blocksRun: record.blocksRun[t]!,
      differs: record.tokens[t] !== base.tokens[t],
      ...insteadOf(record, base, t),
      ...readOf(record.signals, t),
    })),
    ...leftOutOf(record),
    ...(record.score === undefined ? {} : { score: record.score }),
    ended: record.ended,
  };
}

function insteadOf(record: FreeRecord, base: FreeRecord, t: number): Pick<SampleToken, "instead"> {
  const instead = base.pieces[t];
  return record.tokens[t] === base.tokens[t] || instead === undefined ? {} : { instead };
}

/** What was read of a token; nothing of the first one, which comes from the prompt. */
function readOf(signals: TokenSignals | undefined, t: number): Pick<SampleToken, "read"> {
  const height = signals?.heights[t] ?? -1;
  if (signals === undefined || height < 0) return {};
  return {
    read: {
      height,
      signals: signals.names.map((name, i) => ({ name, value: signals.values[i]![t]! })),
    },
  };
}

function leftOutOf({ pieces }: FreeRecord | LockstepRecord): Pick<SampleOutput, "leftOut"> {
  return pieces.length > MOST_TOKENS ? { leftOut: pieces.length - MOST_TOKENS } : {};
}

function forcedOutputs(arms: readonly ArmRecords[], suite: string): Outputs {
  const outputs = new Map<string, SampleOutput[]>();
  for (const { lockstep } of arms) {
    for (const [item, record] of byItem(lockstep, suite)) {
      outputs.set(item, [...outputs.get(item) ?? [], forced(record)]);
    }
  }
  return outputs;
}

function forced(record: LockstepRecord): SampleOutput {
  return {
    arm: record.arm,
    forced: true,
    tokens: record.pieces.slice(0, MOST_TOKENS).map((text, t) => ({
      text,
      height: record.heights[t]!,
      blocksRun: record.blocksRun[t]!,
      differs: record.flips[t] === 1,
      ...readOf(record.signals, t),
      given: {
        nll: record.policyNll[t]!,
        fullNll: record.fullNll[t]!,
        kl: record.kl[t]!,
      },
    })),
    ...leftOutOf(record),
    ended: "limit",
  };
}

function byItem<R extends { readonly suite: string; readonly item: string }>(
  records: readonly R[],
  suite: string,
): ReadonlyMap<string, R> {
  return new Map(
    records.filter((record) => record.suite === suite).map((record) => [record.item, record]),
  );
}

/**
 * The same arms on the same items with another model: what one gains that the other does not.
 *
 *     difference = Σ (score_here − score_there) / items     paired by item, clustered by document
 *
 * Arms are the same when policy, options and fill are.
 *
 * @module
 */
import type { FreeRecord, StoredRun } from "../contract/record.ts";
import type { Estimate, Method, Summary } from "../contract/summary.ts";
import type { Twin, TwinDrafts, TwinScore } from "../contract/twin_view.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed } from "./clusters.ts";
import { isSame } from "./parity.ts";
import { groupBy } from "./run_view.ts";
import { percentText } from "./words.ts";

const TWIN: Method = {
  term: "twin",
  definition: "The same policies on the same items with another model. Scores are means over the " +
    "items that both models answered; their difference is paired by item and clustered by source " +
    "document. Acceptance is accepted ÷ drafted tokens of each model's own texts, which differ, so " +
    "it is not paired.",
};

/** A summary of run `here` with run `there` beside it; `undefined` when both have the same model. */
export function withTwin(
  summary: Summary,
  runs: { readonly here: StoredRun; readonly there: StoredRun; readonly other: Summary },
): Summary | undefined {
  const twin = twinOf(summary, runs);
  return twin && {
    ...summary,
    answer: [...summary.answer, ...answers(twin)],
    twin,
    methods: [...summary.methods, TWIN],
  };
}

/** A sentence per policy whose scores differ between the models beyond their intervals. */
function answers({ here, there, scores }: Twin): readonly string[] {
  const apart = scores.filter(({ difference: { low, high } }) => low > 0 || high < 0);
  return [...groupBy(apart, ({ arm }) => arm)].map(([arm, suites]) => {
    const parts = suites.map(({ suite, ...score }) =>
      `${suite} ${percentText(score.here.value)} against ${percentText(score.there.value)}`
    );
    return `${arm} scores otherwise with ${here} than with ${there}, paired by item: ${
      parts.join(", ")
    }.`;
  });
}

function twinOf(
  summary: Summary,
  { here, there, other }: {
    readonly here: StoredRun;
    readonly there: StoredRun;
    readonly other: Summary;
  },
): Twin | undefined {
  const [own, others] = [here.manifest, there.manifest];
  if (own.model.digest === others.model.digest) return undefined;
  const suites = own.suites.filter(({ digest, measure }) =>
    measure === "generation" && others.suites.some((suite) => suite.digest === digest)
  );
  const byArm = [here, there].map(({ records }) => groupBy(records, ({ arm }) => arm));
  const scores: TwinScore[] = [];
  const drafts: TwinDrafts[] = [];
  for (const arm of own.arms) {
    const same = others.arms.find((each) => each.role === arm.role && isSame(each, arm));
    if (same === undefined || arm.role === "sentinel") continue;
    const [mine, theirs] = [byArm[0]!.get(arm.label) ?? [], byArm[1]!.get(same.label) ?? []];
    for (const { name } of suites) {
      const pairs = pairsOf(scored(mine, name), scored(theirs, name));
      if (pairs.length > 0) {
        scores.push({ arm: arm.label, suite: name, ...compare(pairs, own.seed) });
      }
    }
    const [first, second] = [acceptance(summary, arm.label), acceptance(other, same.label)];
    if (first !== undefined && second !== undefined) {
      drafts.push({ arm: arm.label, here: first, there: second });
    }
  }
  return { here: own.model.name, there: others.model.name, run: others.digest, scores, drafts };
}

function acceptance({ arms }: Summary, label: string): Estimate | undefined {
  return arms.find((arm) => arm.label === label)?.drafting?.acceptance;
}

type Scored = FreeRecord & { readonly score: number };

function scored(records: readonly StoredRun["records"][number][], suite: string): Scored[] {
  return records.filter((record): record is Scored =>
    record.pass === "free" && record.outcome === "ok" && record.suite === suite &&
    record.score !== undefined
  );
}

interface Pair {
  readonly group: string;
  readonly here: number;
  readonly there: number;
}

function pairsOf(here: readonly Scored[], there: readonly Scored[]): Pair[] {
  const others = new Map(there.map((record) => [record.item, record.score]));
  return here.flatMap(({ item, group, score }) => {
    const other = others.get(item);
    return other === undefined ? [] : [{ group, here: score, there: other }];
  });
}

function compare(
  pairs: readonly Pair[],
  seed: number,
): Pick<TwinScore, "items" | "here" | "there" | "difference"> {
  const { values, starts } = clusterBy(pairs, ({ group }) => group);
  const denominators = values.map(() => 1);
  const one = (numerators: readonly number[]) =>
    ({ numerators, denominators, scale: "linear", lattice: true }) as const;
  const [here, there, difference] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      one(values.map((pair) => pair.here)),
      one(values.map((pair) => pair.there)),
      one(values.map((pair) => pair.here - pair.there)),
    ],
  }, { seed: purposeSeed(seed, "twin") });
  return {
    items: values.length,
    here: estimateOf(here!, { min: 0, max: 1 }),
    there: estimateOf(there!, { min: 0, max: 1 }),
    difference: estimateOf(difference!, { min: -1, max: 1 }),
  };
}

/**
 * The same arms on the same items with another backend: which tokens, decisions
 * and ledgers are equal, and where they first are not.
 *
 * Decisions are compared on given texts (lockstep), where one difference does not
 * lead to the next; texts on free generations. Arms are the same when policy,
 * options and fill are. Ledgers must be equal where tokens and decisions are.
 *
 * @module
 */
import type {
  Arm,
  FreeRecord,
  LockstepRecord,
  Manifest,
  RunRecord,
  StoredRun,
} from "../contract/record.ts";
import type { Method, Parity, ParityArm, ParityExample, Summary } from "../contract/summary.ts";
import { groupBy } from "./run_view.ts";

/** Places shown per arm. */
const MOST_EXAMPLES = 3;

const PARITY: Method = {
  term: "parity",
  definition: "The same policies on the same items with another backend. Generations are equal " +
    "token for token; decisions are equal where a position of a given text left at the same height " +
    "after as many blocks; agreement is equal where the token is, or is not, full depth's on both. " +
    "Ledgers are compared where tokens and decisions are equal, and must then be equal too. The " +
    "difference of −ln p is the greatest over positions decided alike.",
};

/** A summary of run `here` with run `there` beside it; `undefined` when both have the same backend. */
export function withParity(
  summary: Summary,
  runs: { readonly here: StoredRun; readonly there: StoredRun },
): Summary | undefined {
  const parity = parityOf(runs.here, runs.there);
  return parity && { ...summary, parity, methods: [...summary.methods, PARITY] };
}

/** Run `here` beside run `there`; `undefined` when both have the same backend with equal features. */
export function parityOf(here: StoredRun, there: StoredRun): Parity | undefined {
  const [own, other] = [here.manifest, there.manifest];
  if (JSON.stringify(own.backend) === JSON.stringify(other.backend)) return undefined;
  const sameModel = own.model.digest === other.model.digest;
  const suites = new Set(
    own.suites.filter(({ digest }) => other.suites.some((suite) => suite.digest === digest))
      .map(({ name }) => name),
  );
  const byArm = [here, there].map(({ records }) => groupBy(records, ({ arm }) => arm));
  const pairs = own.arms.filter(({ role }) => role !== "sentinel").flatMap((arm) => {
    const same = other.arms.find((each) => each.role === arm.role && isSame(each, arm));
    return sameModel && same !== undefined ? [{ arm, same }] : [];
  });
  return {
    here: own.backend,
    there: other.backend,
    run: other.digest,
    notCompared: notCompared(own, other, { sameModel, suites, pairs: pairs.length }),
    arms: pairs.map(({ arm, same }) =>
      armParity(arm.label, {
        here: (byArm[0]!.get(arm.label) ?? []).filter(({ suite }) => suites.has(suite)),
        there: (byArm[1]!.get(same.label) ?? []).filter(({ suite }) => suites.has(suite)),
      })
    ),
  };
}

/** Whether two arms have the same policy, options and fill. */
export function isSame(a: Arm, b: Arm): boolean {
  const key = ({ policy, options, fill }: Arm) =>
    JSON.stringify([policy, Object.entries(options).sort(([x], [y]) => x < y ? -1 : 1), fill]);
  return key(a) === key(b);
}

function notCompared(own: Manifest, other: Manifest, found: {
  readonly sameModel: boolean;
  readonly suites: ReadonlySet<string>;
  readonly pairs: number;
}): readonly string[] {
  if (!found.sameModel) return ["The runs have different models: nothing is compared."];
  const arms = own.arms.filter(({ role }) => role !== "sentinel").length - found.pairs;
  return [
    ...own.suites.filter(({ name }) => !found.suites.has(name)).map(({ name }) =>
      `Suite ${name} has other items there.`
    ),
    ...arms === 0 ? [] : [`${arms} of this run's arms are not in the other one.`],
    ...own.seed === other.seed ? [] : ["The seeds differ: policies by chance decide otherwise."],
  ];
}

interface Both<R> {
  readonly here: R;
  readonly there: R;
}

function armParity(arm: string, records: Both<readonly RunRecord[]>): ParityArm {
  const texts = paired(records, isFree);
  const given = paired(records, isLockstep);
  const places = given.flatMap(placesOf);
  const equal = places.filter(({ decided }) => decided);
  const twins = texts.filter(isTwin);
  return {
    arm,
    texts: texts.length,
    equalTexts: texts.filter(({ here, there }) => equalLists(here.tokens, there.tokens)).length,
    positions: places.length,
    equalDecisions: equal.length,
    equalAgreement: places.filter(({ agreed }) => agreed).length,
    ...(equal.length === 0
      ? {}
      : { nllDifference: equal.reduce((most, { nll }) => Math.max(most, nll), 0) }),
    ledgers: twins.length,
    equalLedgers:
      twins.filter(({ here, there }) =>
        JSON.stringify(here.decodeLedger) === JSON.stringify(there.decodeLedger)
      ).length,
    examples: [
      ...places.filter(({ decided }) => !decided).map(({ example }) => example),
      ...texts.flatMap(departure),
    ].slice(0, MOST_EXAMPLES),
  };
}

function isFree(record: RunRecord): record is FreeRecord {
  return record.outcome === "ok" && record.pass === "free";
}

function isLockstep(record: RunRecord): record is LockstepRecord {
  return record.outcome === "ok" && record.pass === "lockstep";
}

/** Records of the same item in both runs. */
function paired<R extends RunRecord>(
  { here, there }: Both<readonly RunRecord[]>,
  is: (record: RunRecord) => record is R,
): readonly Both<R>[] {
  const key = ({ suite, item }: R) => JSON.stringify([suite, item]);
  const others = new Map(there.filter(is).map((record) => [key(record), record]));
  return here.filter(is).flatMap((record) => {
    const other = others.get(key(record));
    return other === undefined ? [] : [{ here: record, there: other }];
  });
}

interface Place {
  readonly decided: boolean;
  readonly agreed: boolean;
  readonly nll: number;
  readonly example: ParityExample;
}

function placesOf({ here, there }: Both<LockstepRecord>): readonly Place[] {
  return here.heights.map((height, t): Place => {
    const [a, b] = [`${height}`, `${there.heights[t]}`];
    const blocks = here.blocksRun[t] === there.blocksRun[t];
    return {
      decided: a === b && blocks,
      agreed: here.flips[t] === there.flips[t],
      nll: Math.abs(here.policyNll[t]! - there.policyNll[t]!),
      example: {
        suite: here.suite,
        item: here.item,
        position: t,
        kind: "decision",
        here: blocks || a !== b ? a : `${a} (${here.blocksRun[t]} blocks)`,
        there: blocks || a !== b ? b : `${b} (${there.blocksRun[t]} blocks)`,
        margin: here.fullMargins[t]!,
      },
    };
  });
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Equal tokens and decisions. */
function isTwin({ here, there }: Both<FreeRecord>): boolean {
  return equalLists(here.tokens, there.tokens) && equalLists(here.heights, there.heights) &&
    equalLists(here.blocksRun, there.blocksRun);
}

/** The first token at which two generations differ. */
function departure({ here, there }: Both<FreeRecord>): readonly ParityExample[] {
  const longest = Math.max(here.tokens.length, there.tokens.length);
  for (let t = 0; t < longest; t++) {
    if (here.tokens[t] === there.tokens[t]) continue;
    const { suite, item } = here;
    return [{
      suite,
      item,
      position: t,
      kind: "token",
      here: here.pieces[t] ?? "(end)",
      there: there.pieces[t] ?? "(end)",
    }];
  }
  return [];
}

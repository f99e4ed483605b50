/**
 * One arm's facts in B against those in A: failures, counters, outputs,
 * acceptance, quality. No clock is read; equal facts give equal checks.
 *
 *     counter     mean per token over the items that both decoded, B ≤ A · (1 + tolerance)
 *     output      equal item by item, when policy code and kernels are; else told
 *     acceptance  Σ accepted / Σ drafted, B ≥ A
 *     score       mean over the items of both, ratio B / A ≥ 1 − loss
 *     likelihood  exp(nll A − nll B) per token, ≥ 1 − loss
 *
 * Counters come from timed passes, whose text is given, and from free ones only
 * where nothing was timed: there a changed output changes what is counted.
 *
 * @module
 */
import { type ArmFacts, COUNTERS, type GateCheck, type ItemFacts } from "../contract/gate.ts";
import { sum } from "../numerics/moments.ts";
import { mcNemarExact } from "../numerics/proportion.ts";
import { keyOf } from "./facts.ts";

/** What a gate lets pass. */
export interface GateLimits {
  /** Relative growth of a counter; 0 by default. */
  readonly tolerance: number;
  /** Relative loss of quality; 0 by default. */
  readonly qualityLoss: number;
  /** Whether outputs must be equal although the policy changed. */
  readonly sameOutput: boolean;
}

/** Sums of decimals differ in their last digits on other orders of summation. */
const ROUNDING = 1e-9;

interface Pair {
  readonly a: ItemFacts;
  readonly b: ItemFacts;
}

/** All checks of one arm; `sameKernels` says that both ran on the same ones. */
export function compareArm(
  { a, b }: { readonly a: ArmFacts; readonly b: ArmFacts },
  { limits, sameKernels }: { readonly limits: GateLimits; readonly sameKernels: boolean },
): readonly GateCheck[] {
  const others = new Map(a.items.map((item) => [keyOf(item), item]));
  const pairs = b.items.flatMap((item): readonly Pair[] => {
    const other = others.get(keyOf(item));
    return other === undefined ? [] : [{ a: other, b: item }];
  });
  const arm = b.label;
  const isSame = sameKernels && a.digest === b.digest;
  return [
    ...failures(a, b),
    ...lostItems({ a, b, pairs }),
    ...counters(arm, { pairs, limits }),
    ...outputs(arm, { pairs, expected: isSame || limits.sameOutput }),
    ...acceptance(arm, pairs),
    ...quality(arm, { pairs, limits }),
  ];
}

function failures(a: ArmFacts, b: ArmFacts): readonly GateCheck[] {
  if (b.failed === 0) return [];
  return [{
    kind: "failure",
    arm: b.label,
    name: "failed rows",
    a: a.failed,
    b: b.failed,
    outcome: "failed",
    says: `${b.failed} rows failed, the first with: ${b.failure ?? "no message"}`,
  }];
}

/** Items that only A measured: failed, skipped or not run in B. */
function lostItems(
  { a, b, pairs }: { readonly a: ArmFacts; readonly b: ArmFacts; readonly pairs: readonly Pair[] },
): readonly GateCheck[] {
  const lost = a.items.length - pairs.length;
  if (lost === 0 || b.failed > 0) return [];
  return [{
    kind: "failure",
    arm: b.label,
    name: "measured rows",
    a: a.items.length,
    b: b.items.length,
    outcome: "regression",
    says: `${lost} rows that A measured are skipped or missing in B`,
  }];
}

function counters(
  arm: string,
  { pairs, limits }: { readonly pairs: readonly Pair[]; readonly limits: GateLimits },
): readonly GateCheck[] {
  const pass = pairs.some(({ b }) => b.pass === "timed") ? "timed" : "free";
  const own = pairs.filter(({ a, b }) =>
    b.pass === pass && a.counters !== undefined && b.counters !== undefined && a.tokens > 0 &&
    b.tokens > 0
  );
  if (own.length === 0) return [];
  return COUNTERS.map((name): GateCheck => {
    const a = perToken(own.map((pair) => pair.a), (item) => item.counters![name]);
    const b = perToken(own.map((pair) => pair.b), (item) => item.counters![name]);
    const grew = b > a * (1 + limits.tolerance) + ROUNDING * Math.abs(a);
    const shrank = b < a * (1 - ROUNDING);
    const outcome = grew ? "regression" : shrank || b > a * (1 + ROUNDING) ? "noted" : "pass";
    return {
      kind: "counter",
      arm,
      name: `${COUNTER_NAMES[name]} [per token, ${pass} pass]`,
      a,
      b,
      outcome,
      says: outcome === "pass"
        ? "equal"
        : `${change(a, b)}${grew && limits.tolerance > 0 ? ", more than permitted" : ""}`,
    };
  });
}

const COUNTER_NAMES = {
  blocks: "blocks run",
  readouts: "readouts",
  weightElements: "weight elements read",
  macs: "multiply-accumulates",
  kvWritten: "KV elements written",
  reads: "reads waited for",
} as const;

function perToken(items: readonly ItemFacts[], of: (item: ItemFacts) => number): number {
  return sum(items.map(of)) / sum(items.map(({ tokens }) => tokens));
}

function outputs(
  arm: string,
  { pairs, expected }: { readonly pairs: readonly Pair[]; readonly expected: boolean },
): readonly GateCheck[] {
  const own = pairs.filter(({ a, b }) => a.output !== undefined && b.output !== undefined);
  if (own.length === 0) return [];
  const changed = own.filter(({ a, b }) => a.output !== b.output);
  const broken = own.filter(({ b }) => b.broken === true).length;
  const says = broken > 0
    ? `${broken} of ${own.length} outputs are not full depth's, beyond near-ties`
    : changed.length === 0
    ? `${own.length} outputs are equal`
    : `${changed.length} of ${own.length} outputs changed${
      expected ? ", and nothing that may change them did" : ""
    }: the first is item ${changed[0]!.b.item} of suite ${changed[0]!.b.suite}`;
  const isWorse = broken > 0 || expected && changed.length > 0;
  return [{
    kind: "output",
    arm,
    name: "outputs that differ",
    a: 0,
    b: broken > 0 ? broken : changed.length,
    outcome: isWorse ? "regression" : changed.length === 0 ? "pass" : "noted",
    says,
  }];
}

function acceptance(arm: string, pairs: readonly Pair[]): readonly GateCheck[] {
  const own = pairs.filter(({ a, b }) => a.drafted !== undefined && b.drafted !== undefined);
  const rate = (of: (pair: Pair) => ItemFacts) =>
    sum(own.map((pair) => of(pair).accepted ?? 0)) / sum(own.map((pair) => of(pair).drafted ?? 0));
  const a = rate((pair) => pair.a);
  const b = rate((pair) => pair.b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return [];
  return [{
    kind: "acceptance",
    arm,
    name: "drafted tokens accepted [share]",
    a,
    b,
    outcome: b < a - ROUNDING ? "regression" : b > a + ROUNDING ? "noted" : "pass",
    says: Math.abs(a - b) <= ROUNDING ? "equal" : change(a, b),
  }];
}

function quality(
  arm: string,
  { pairs, limits }: { readonly pairs: readonly Pair[]; readonly limits: GateLimits },
): readonly GateCheck[] {
  const suites = [...new Set(pairs.map(({ b }) => b.suite))].sort();
  return suites.flatMap((suite): readonly GateCheck[] => {
    const own = pairs.filter(({ b }) => b.suite === suite);
    const scored = own.filter(({ a, b }) => a.score !== undefined && b.score !== undefined);
    if (scored.length > 0) return [scoreCheck(arm, { suite, pairs: scored, limits })];
    const read = own.filter(({ a, b }) => a.nll !== undefined && b.nll !== undefined);
    return read.length > 0 ? [likelihoodCheck(arm, { suite, pairs: read, limits })] : [];
  });
}

interface QualityRequest {
  readonly suite: string;
  readonly pairs: readonly Pair[];
  readonly limits: GateLimits;
}

function scoreCheck(arm: string, { suite, pairs, limits }: QualityRequest): GateCheck {
  const a = sum(pairs.map((pair) => pair.a.score!)) / pairs.length;
  const b = sum(pairs.map((pair) => pair.b.score!)) / pairs.length;
  const lost = pairs.filter((pair) => pair.b.score! < pair.a.score!).length;
  const won = pairs.filter((pair) => pair.b.score! > pair.a.score!).length;
  const p = mcNemarExact(lost, won);
  return {
    kind: "quality",
    arm,
    suite,
    name: "score",
    a,
    b,
    outcome: outcomeOf(a > 0 ? b / a : b >= a ? 1 : 0, { limits, changed: lost + won > 0 }),
    says: lost + won === 0
      ? `${pairs.length} scores are equal`
      : `${lost} of ${pairs.length} items lost and ${won} won (p = ${p.toPrecision(2)})`,
  };
}

function likelihoodCheck(arm: string, { suite, pairs, limits }: QualityRequest): GateCheck {
  const a = perToken(pairs.map((pair) => pair.a), (item) => item.nll!);
  const b = perToken(pairs.map((pair) => pair.b), (item) => item.nll!);
  const ratio = Math.exp(a - b);
  return {
    kind: "quality",
    arm,
    suite,
    name: "negative log-likelihood [nats/token]",
    a,
    b,
    outcome: outcomeOf(ratio, { limits, changed: Math.abs(a - b) > ROUNDING }),
    says: Math.abs(a - b) <= ROUNDING
      ? "equal"
      : `perplexity ${change(1, 1 / ratio)} on ${pairs.length} texts`,
  };
}

function outcomeOf(
  ratio: number,
  { limits, changed }: { readonly limits: GateLimits; readonly changed: boolean },
): GateCheck["outcome"] {
  if (ratio < 1 - limits.qualityLoss - ROUNDING) return "regression";
  return changed ? "noted" : "pass";
}

/** `+3.2 %`. */
function change(a: number, b: number): string {
  if (a === 0) return `from 0 to ${b.toPrecision(3)}`;
  const percent = 100 * (b / a - 1);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toPrecision(2)} %`;
}

/**
 * The gate: facts of B against facts of A, arm by arm, and time where two arms
 * were measured side by side in one run.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import {
  type ArmFacts,
  type CheckKind,
  GATE_SCHEMA,
  type GateCheck,
  type GateReport,
  type RunFacts,
} from "../contract/gate.ts";
import { compareArm, type GateLimits } from "./compare_facts.ts";

/** What is compared. */
export interface GateRequest {
  /** Facts of A. */
  readonly a: RunFacts;
  /** Facts of B. */
  readonly b: RunFacts;
  /** When and why A was blessed, if it was. */
  readonly blessing?: { readonly blessed: string; readonly reason: string } | undefined;
  /** The one pair of arms to compare, by label; else those that are the same policy. */
  readonly pair?: { readonly a: string; readonly b: string } | undefined;
  /** What is let pass. */
  readonly limits: GateLimits;
  /** The time check, or why there is none. */
  readonly time: GateCheck | string;
}

const KINDS: readonly CheckKind[] = [
  "failure",
  "counter",
  "output",
  "acceptance",
  "quality",
  "time",
];
const OUTCOMES: readonly GateCheck["outcome"][] = [
  "failed",
  "regression",
  "inconclusive",
  "noted",
  "pass",
];
const EXIT_CODES = { pass: 0, regression: 1, inconclusive: 2, failed: 3 } as const;

/** Compares. Throws `InputError` when the runs cannot be compared at all. */
export function judgeGate(request: GateRequest): GateReport {
  const { a, b, blessing, limits, time } = request;
  expectComparable(a, b);
  const { pairs, onlyA, onlyB } = request.pair === undefined
    ? pairArms(a, b)
    : { pairs: [namedPair(request.pair, { a, b })], onlyA: [], onlyB: [] };
  const sameKernels = a.backend === b.backend && a.harness === b.harness;
  const checks = [
    ...pairs.flatMap((pair) => compareArm(pair, { limits, sameKernels })),
    ...onlyA.map(missingCheck),
    ...(typeof time === "string" ? [] : [time]),
  ].sort((x, y) =>
    KINDS.indexOf(x.kind) - KINDS.indexOf(y.kind) ||
    OUTCOMES.indexOf(x.outcome) - OUTCOMES.indexOf(y.outcome)
  );
  const worst = OUTCOMES.find((outcome) => checks.some((check) => check.outcome === outcome));
  const outcome = worst === undefined || worst === "noted" ? "pass" : worst;
  return {
    kind: "depthbench-gate",
    schema: GATE_SCHEMA,
    outcome,
    exitCode: EXIT_CODES[outcome],
    a: { run: a.run, ...blessing },
    b: { run: b.run },
    model: b.modelName,
    backend: b.backend,
    checks,
    notes: [
      ...(typeof time === "string" ? [time] : []),
      ...(onlyB.length === 0 ? [] : [`Only in B, not gated: ${onlyB.map(labelOf).join(", ")}`]),
      ...(sameKernels ? [] : ["Harness or kernels differ: outputs may change and are told only"]),
    ],
  };
}

function labelOf({ label }: ArmFacts): string {
  return label;
}

function missingCheck({ label, items }: ArmFacts): GateCheck {
  return {
    kind: "failure",
    arm: label,
    name: "measured rows",
    a: items.length,
    b: 0,
    outcome: "inconclusive",
    says: "B has no such policy with these options",
  };
}

function expectComparable(a: RunFacts, b: RunFacts): void {
  const sameSuites = (facts: RunFacts) =>
    JSON.stringify(facts.suites.map(({ digest }) => digest).toSorted());
  const differs = a.model !== b.model
    ? "their models differ"
    : a.tokenizer !== b.tokenizer
    ? "their tokenizers differ"
    : sameSuites(a) !== sameSuites(b)
    ? "their suites or items differ"
    : a.timedTokens !== b.timedTokens
    ? "their timed tokens differ"
    : undefined;
  if (differs === undefined) return;
  throw new InputError(
    `Cannot gate the runs: ${differs}: run B as A was run, or bless a new baseline`,
  );
}

interface ArmPair {
  readonly a: ArmFacts;
  readonly b: ArmFacts;
}

function namedPair(
  pair: { readonly a: string; readonly b: string },
  { a, b }: { readonly a: RunFacts; readonly b: RunFacts },
): ArmPair {
  return {
    a: findArm(a, { label: pair.a, side: "A" }),
    b: findArm(b, { label: pair.b, side: "B" }),
  };
}

function findArm(
  { arms }: RunFacts,
  { label, side }: { readonly label: string; readonly side: string },
): ArmFacts {
  const found = arms.find((arm) => arm.label === label);
  if (found !== undefined) return found;
  throw new InputError(
    `Cannot gate policy "${label}": ${side} has no arm of that label: expected one of ${
      arms.map((arm) => `"${arm.label}"`).join(", ")
    }`,
  );
}

/** Arms of one policy, options and fill, however their labels were written. */
function pairArms(a: RunFacts, b: RunFacts) {
  const others = new Map(a.arms.map((arm) => [identityOf(arm), arm]));
  const pairs = b.arms.flatMap((arm): readonly ArmPair[] => {
    const other = others.get(identityOf(arm));
    return other === undefined ? [] : [{ a: other, b: arm }];
  });
  if (pairs.length === 0) {
    throw new InputError(
      "Cannot gate the runs: they share no policy with the same options: name a pair with --arm-a and --arm-b",
    );
  }
  return {
    pairs,
    onlyA: a.arms.filter((arm) => !pairs.some((pair) => pair.a === arm)),
    onlyB: b.arms.filter((arm) => !pairs.some((pair) => pair.b === arm)),
  };
}

function identityOf({ policy, options, fill }: ArmFacts): string {
  const sorted = Object.entries(options).sort(([x], [y]) => x < y ? -1 : 1);
  return JSON.stringify([policy, sorted, fill]);
}

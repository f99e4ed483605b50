/**
 * One decode row under a rule that the device tests itself: no wait until it is
 * read out. Only what needs no look back is put there: readouts by the model's own
 * head, joined by any, with fills that write what they need where they are.
 *
 * @module
 */
import type { DecoderStep, DeviceRule } from "../contract/backend.ts";
import { isSwitchedOff, type Rule, type RuleTest } from "../contract/rule.ts";
import { type ReadoutSignal, SHARED_READOUT } from "../contract/signal.ts";
import type { BoundDepth } from "./bound_policy.ts";
import type { Climber } from "./climber.ts";
import type { DecisionPoint } from "./decision_point.ts";

/** A test and what its signal is. */
interface DeviceTest {
  readonly test: RuleTest;
  readonly signal: ReadoutSignal;
}

/** Tests joined by any, or `undefined` where some are joined by all. */
function testsOf(rule: Rule): readonly RuleTest[] | undefined {
  if ("at" in rule) return [rule];
  if ("all" in rule) return undefined;
  const parts = rule.any.map(testsOf);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** Runs rows of one sequence under rules on the device. */
export class RuledAscent {
  readonly #tests: readonly DeviceTest[];
  readonly #point: DecisionPoint;
  readonly #layerCount: number;
  readonly #fill: "project" | "hole";

  /** Use {@linkcode ruledAscent}. */
  constructor(
    tests: readonly DeviceTest[],
    { point, fill }: { readonly point: DecisionPoint; readonly fill: "project" | "hole" },
  ) {
    this.#tests = tests;
    this.#point = point;
    this.#fill = fill;
    this.#layerCount = point.model.layerCount;
  }

  /** Whether this row can go so: nobody wants to know what was read of it. */
  takes(step: DecoderStep, { fullDepth, watched }: Climber): boolean {
    return step.runRules !== undefined && !fullDepth && !watched;
  }

  /** Runs the row up. */
  climb(step: DecoderStep, row: Climber): void {
    this.#point.moveTo(row, -1, []);
    const rules: DeviceRule[] = [];
    for (const { test, signal } of this.#tests) {
      const value = typeof test.value === "number" ? test.value : test.value(this.#point);
      if (isSwitchedOff(test, value)) continue;
      const request = { kind: "readout", signal, readout: SHARED_READOUT } as const;
      for (const height of test.at) rules.push({ height, request, is: test.is, value });
    }
    rules.sort((a, b) => a.height - b.height);
    step.runRules!({ from: 0, to: this.#layerCount }, rules, this.#fill, [row.row]);
  }
}

/** The way of a policy's rows under rules, or `undefined` where the loop must decide. */
export function ruledAscent(bound: BoundDepth, point: DecisionPoint): RuledAscent | undefined {
  if (bound.kind !== "decide" || bound.exitRule === undefined) return undefined;
  const { fill, signals, heights } = bound;
  if (fill !== "project" && fill !== "hole") return undefined;
  if (heights.some((height) => bound.headAt(height) !== SHARED_READOUT.head)) return undefined;
  const tests = testsOf(bound.exitRule)?.map((test): DeviceTest | undefined => {
    const declared = signals.find(({ name }) => name === test.signal);
    return declared?.kind === "readout" && declared.head === SHARED_READOUT.head
      ? { test, signal: declared.signal }
      : undefined;
  });
  return tests?.every((test) => test !== undefined)
    ? new RuledAscent(tests, { point, fill })
    : undefined;
}

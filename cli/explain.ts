/**
 * Explaining a generation: per token and height what the head would say, what the
 * policy read, with what it compared that, and what it decided.
 *
 * @module
 */
import type { KvFill } from "../harness/contract/backend.ts";
import { UnsupportedError } from "../harness/contract/errors.ts";
import type { Tokenizer } from "../harness/contract/model.ts";
import type { Action, Plan, PolicyPlugin, TokenPoint } from "../harness/contract/policy.ts";
import { isSwitchedOff, type Rule, type RuleTest } from "../harness/contract/rule.ts";
import type { BoundPolicy } from "../harness/decode/bound_policy.ts";
import type { LensReading } from "./lens_session.ts";

/** A comparison that a rule makes at a height. */
export interface ExplainedTest {
  /** The signal. */
  readonly signal: string;
  /** The comparison. */
  readonly is: RuleTest["is"];
  /** The value; absent where it switches the test off. */
  readonly value?: number;
}

/** One height of one token. */
export interface ExplainedHeight {
  /** Blocks passed. */
  readonly height: number;
  /** What the head says there; absent where the token did not get. */
  readonly lens?: { readonly token: number; readonly text: string; readonly probability: number };
  /** Declared signals; absent where the policy was not asked. */
  readonly signals?: Readonly<Record<string, number>>;
  /** What they are compared with, of policies whose rule is data. */
  readonly tests?: readonly ExplainedTest[];
  /** What was decided of block `height`; absent at the top and above an exit. */
  readonly action?: Action;
}

/** One token. */
export interface ExplainedToken {
  /** Its place in the text, 0-based. */
  readonly index: number;
  /** The token. */
  readonly token: number;
  /** Its text. */
  readonly text: string;
  /** Height at which it was read out. */
  readonly exitHeight: number;
  /** Blocks that ran. */
  readonly blocksRun: number;
  /** How the entries of skipped blocks came about; absent when none was skipped. */
  readonly fill?: KvFill;
  /** Heights from the bottom; none for the first token, which comes from the prompt. */
  readonly heights: readonly ExplainedHeight[];
}

interface Decision {
  readonly signals?: Readonly<Record<string, number>>;
  readonly tests?: readonly ExplainedTest[];
  readonly action: Action;
}

/** Notes what a policy is asked and answers. */
export class DecisionNotes {
  readonly #layerCount: number;
  readonly #decisions: Map<number, Decision> = new Map();
  /** The policy, noted. */
  readonly bound: Exclude<BoundPolicy, { readonly kind: "round" }>;

  /** Wraps a bound policy. Throws `UnsupportedError` for those that go in rounds. */
  constructor(bound: BoundPolicy, plugin: PolicyPlugin) {
    if (bound.kind === "round") {
      throw new UnsupportedError(
        `Cannot explain policy "${plugin.name}": it decides about rounds of drafts, not about ` +
          "heights of a token: explain a depth policy",
      );
    }
    const { model } = bound.point;
    this.#layerCount = model.layerCount;
    const rule = plugin.scope === "rule" ? plugin.rule(model, bound.options).when : undefined;
    this.bound = bound.kind === "plan"
      ? { ...bound, plan: (point) => this.#notePlan(bound.plan(point)) }
      : {
        ...bound,
        decide: (point) => {
          const action = bound.decide(point);
          const signals = { ...point.signals };
          const tests = rule === undefined ? undefined : testsAt(rule, point.height, point);
          this.#decisions.set(point.height, {
            signals,
            ...(tests === undefined ? {} : { tests }),
            action,
          });
          return action;
        },
      };
  }

  #notePlan(plan: Plan): Plan {
    this.#decisions.clear();
    const top = plan.reduce((height, { block }) => Math.max(height, block + 1), 0);
    for (let block = 0; block < top; block++) {
      const visits = plan.filter((visit) => visit.block === block);
      const part = visits[0]?.part;
      const action: Action = part === undefined
        ? "skip"
        : visits.length > 1
        ? "repeat"
        : part === "block"
        ? "run"
        : part;
      this.#decisions.set(block, { action });
    }
    if (top < this.#layerCount) this.#decisions.set(top, { action: "exit" });
    return plan;
  }

  /** Everything about the token that was just made; forgets the decisions. */
  take(
    made: Pick<ExplainedToken, "index" | "token" | "text" | "exitHeight" | "blocksRun">,
    { readings, tokenizer }: {
      readonly readings: readonly LensReading[];
      readonly tokenizer: Tokenizer;
    },
  ): ExplainedToken {
    const lenses = new Map(readings.map((reading) => [reading.height, reading]));
    const known = new Set([...lenses.keys(), ...this.#decisions.keys()]);
    const heights = [...known].sort((a, b) => a - b).map((height): ExplainedHeight => {
      const lens = lenses.get(height);
      return {
        height,
        ...(lens === undefined ? {} : {
          lens: {
            token: lens.token,
            text: textOf(lens.token, tokenizer),
            probability: lens.probability,
          },
        }),
        ...this.#decisions.get(height),
      };
    });
    this.#decisions.clear();
    const fills = made.blocksRun < this.#layerCount && heights.length > 0;
    return { ...made, ...(fills ? { fill: this.bound.fill } : {}), heights };
  }
}

/** The tests of a rule that apply at a height. */
function testsAt(rule: Rule, height: number, point: TokenPoint): readonly ExplainedTest[] {
  if ("all" in rule) return rule.all.flatMap((part) => testsAt(part, height, point));
  if ("any" in rule) return rule.any.flatMap((part) => testsAt(part, height, point));
  if (!rule.at.includes(height)) return [];
  const { signal, is } = rule;
  const value = typeof rule.value === "number" ? rule.value : rule.value(point);
  return [{ signal, is, ...(isSwitchedOff(rule, value) ? {} : { value }) }];
}

function textOf(token: number, tokenizer: Tokenizer): string {
  const stream = tokenizer.stream();
  return stream.push(token) + stream.end();
}

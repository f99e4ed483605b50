/**
 * A policy bound to its options, a model and limits: what the decode loop runs.
 * Rules become decisions here, so that the loop knows plans and decisions only.
 *
 * @module
 */
import type { KvFill } from "../contract/backend.ts";
import { ContractError } from "../contract/errors.ts";
import type { ModelInfo } from "../contract/model.ts";
import {
  type Action,
  ACTIONS,
  type BlockPoint,
  type DepthPolicy,
  type Limits,
  type Plan,
  type PolicyPlugin,
  type PolicyState,
  type RunPoint,
  type TokenPoint,
} from "../contract/policy.ts";
import { type Rule, ruleHeights, ruleHolds } from "../contract/rule.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { bindRounds, type BoundRounds } from "./bound_rounds.ts";
import { type KeptVocabulary, keptVocabulary } from "./kept_vocabulary.ts";
import { compilePlan } from "./plan_program.ts";

/** What all bound policies have. */
interface BoundBase {
  /** Policy name, for messages. */
  readonly name: string;
  /** KV fill of skipped blocks. */
  readonly fill: KvFill;
  /** Whether prompt rows are decided too. */
  readonly actsOnPrompt: boolean;
  /** Bounds and shapes. */
  readonly point: RunPoint;
  /** State, if any. */
  readonly state: PolicyState<unknown, unknown> | undefined;
  /** The options. */
  readonly options: unknown;
}

/** Plans known before a token starts. */
export interface BoundPlans extends BoundBase {
  /** Tag. */
  readonly kind: "plan";
  /** Whether every token has the same plan. */
  readonly fixed: boolean;
  /** Whether rows are run at full depth before the plan is asked for. */
  readonly scouts: boolean;
  /** The plan of a token; validated. */
  plan(point: TokenPoint): Plan;
}

/** Decisions at heights. */
export interface BoundDecisions extends BoundBase {
  /** Tag. */
  readonly kind: "decide";
  /** Heights asked, ascending. */
  readonly heights: readonly number[];
  /** Signals read there. */
  readonly signals: readonly SignalDeclaration[];
  /** The action at one of these heights; validated. */
  decide(point: BlockPoint): Action;
  /** Name of the head that reads out a row which left at a height. */
  headAt(height: number): string;
  /** Which part of the vocabulary readouts keep. */
  readonly kept: KeptVocabulary | undefined;
  /** The rule that the decision is derived from, where it is one and means an exit. */
  readonly exitRule?: Rule;
}

/** A depth policy ready to run. */
export type BoundDepth = BoundPlans | BoundDecisions;

/** A policy ready to run. */
export type BoundPolicy = BoundDepth | BoundRounds;

/** What a policy is bound to. */
export interface Binding {
  /** Parsed options. */
  readonly options: unknown;
  /** KV fill. */
  readonly fill: KvFill;
  /** The model. */
  readonly model: ModelInfo;
  /** Bounds of the generation. */
  readonly limits: Limits;
}

function checkPlan(name: string, plan: Plan, layerCount: number): Plan {
  for (const visit of plan) {
    const { block, part } = visit;
    if (!(Number.isInteger(block) && block >= 0 && block < layerCount)) {
      throw new ContractError(
        name,
        `its plan visits block ${block}: expected 0 to ${layerCount - 1}`,
      );
    }
    if (part !== "block" && part !== "attention" && part !== "mlp") {
      throw new ContractError(
        name,
        `its plan runs part "${part}": expected block, attention or mlp`,
      );
    }
  }
  return plan;
}

function checkHeights(name: string, heights: readonly number[], layerCount: number): void {
  heights.forEach((height, i) => {
    const below = i === 0 ? -1 : heights[i - 1]!;
    if (!(Number.isInteger(height) && height > below && height < layerCount)) {
      throw new ContractError(
        name,
        `it asks at heights [${heights.join(", ")}]: expected whole numbers, ascending, 0 to ${
          layerCount - 1
        }`,
      );
    }
  });
}

function checkAction(name: string, action: Action): Action {
  if (!ACTIONS.includes(action)) {
    throw new ContractError(
      name,
      `it decides "${String(action)}": expected ${ACTIONS.join(", ")}`,
    );
  }
  return action;
}

/** Whether a plan is blocks 0 to some height, whole: an exit. */
export function isExitPlan(plan: Plan): boolean {
  return plan.every(({ block, part }, i) => block === i && part === "block");
}

/** Whether some block has run, and so written an entry, when the first one is skipped. */
function startsWithEntry(plan: Plan, layerCount: number): boolean {
  const [first] = compilePlan(plan, layerCount).instructions;
  return first === undefined || first.kind === "run";
}

/**
 * Whether rows must go one after the other: a state passes from each to the next,
 * or a full-depth run of one must see what the plans of those before have left.
 */
export function goesInOrder(bound: BoundDepth): boolean {
  if (bound.state !== undefined) return true;
  return bound.kind === "plan" && bound.scouts && bound.fill !== "recompute";
}

function refuse(name: string, fill: KvFill, why: string): never {
  throw new RangeError(`Cannot cross policy "${name}" with KV fill "${fill}": ${why}`);
}

/**
 * Refuses crossings of policy and fill that have no meaning. Throws `RangeError`.
 * `none` needs plans, so that the loop can prove or the backend can check that
 * nothing reads the entries; `recompute` and `copy` need exits or a block run.
 */
function checkFill(bound: BoundDepth, fill: KvFill): void {
  if (fill === "none" && bound.kind === "decide") {
    refuse(
      bound.name,
      fill,
      "later tokens may read the entries that it skips: use project, recompute or hole",
    );
  }
  if (fill === "none" && bound.kind === "plan" && bound.scouts) {
    refuse(
      bound.name,
      fill,
      "it runs every token at full depth first, which reads the entries that earlier ones left " +
        "out: use project, recompute or hole",
    );
  }
  if (bound.kind !== "plan" || !bound.fixed) return; // the others are refused where they skip
  const plan = bound.plan(undefined as never);
  if (fill === "recompute" && !isExitPlan(plan)) {
    refuse(
      bound.name,
      fill,
      "only exits can be recomputed, it skips blocks in the middle: use project or hole",
    );
  }
  if (fill === "copy" && !startsWithEntry(plan, bound.point.model.layerCount)) {
    refuse(
      bound.name,
      fill,
      "it skips a block before any has run, so there is no entry to copy: use project or hole",
    );
  }
}

/** Binds a policy. Throws `RangeError` when options do not fit the model. */
export function bindPolicy(plugin: DepthPolicy, binding: Binding): BoundDepth;
export function bindPolicy(plugin: PolicyPlugin, binding: Binding): BoundPolicy;
export function bindPolicy(plugin: PolicyPlugin, binding: Binding): BoundPolicy {
  if (plugin.scope === "readout") {
    throw new RangeError(
      `Cannot run policy "${plugin.name}" alone: expected a policy that reads out in front of it: ` +
        `write "calm + ${plugin.name}"`,
    );
  }
  if (plugin.scope === "round") {
    const { options, fill, model, limits } = binding;
    if (fill !== "none") {
      refuse(
        plugin.name,
        fill,
        "verification writes every entry, nobody reads a draft's: use none",
      );
    }
    return bindRounds(plugin, { options, point: { model, limits } });
  }
  const bound = bindScope(plugin, binding);
  checkFill(bound, binding.fill);
  return bound;
}

/** The head of each height: the model's own at the top. */
function headsOf(
  plugin: Pick<Extract<PolicyPlugin, { scope: "block" | "rule" }>, "readoutHead">,
  { model, options }: Binding,
): (height: number) => string {
  const heads = Array.from(
    { length: model.layerCount },
    (_, height) => plugin.readoutHead?.(height, options) ?? "shared",
  );
  return (height) => heads[height] ?? "shared";
}

function bindScope(plugin: DepthPolicy, binding: Binding): BoundDepth {
  const { options, fill, model, limits } = binding;
  plugin.validate?.(model, options);
  const point: RunPoint = { model, limits };
  const { name } = plugin;
  const base = {
    name,
    fill,
    actsOnPrompt: plugin.actsOnPrompt?.(options) ?? false,
    point,
    options,
    state: plugin.scope === "token" || plugin.scope === "block" ? plugin.state : undefined,
  };
  switch (plugin.scope) {
    case "run": {
      const plan = checkPlan(name, plugin.plan(point, options), model.layerCount);
      return { ...base, kind: "plan", fixed: true, scouts: false, plan: () => plan };
    }
    case "token":
      return {
        ...base,
        kind: "plan",
        fixed: false,
        scouts: plugin.scouts ?? false,
        plan: (at) => checkPlan(name, plugin.plan(at, options), model.layerCount),
      };
    case "block": {
      const heights = plugin.heights(model, options);
      checkHeights(name, heights, model.layerCount);
      return {
        ...base,
        kind: "decide",
        heights,
        signals: plugin.signals(options),
        decide: (at) => checkAction(name, plugin.decide(at, options)),
        headAt: headsOf(plugin, binding),
        kept: keptVocabulary(plugin, binding),
      };
    }
    case "rule": {
      const { when, then } = plugin.rule(model, options);
      const heights = ruleHeights(when);
      checkHeights(name, heights, model.layerCount);
      checkAction(name, then);
      const kept = keptVocabulary(plugin, binding);
      return {
        ...base,
        kind: "decide",
        heights,
        signals: plugin.signals(options),
        headAt: headsOf(plugin, binding),
        kept,
        // A device that decides by itself reads out over the whole vocabulary.
        ...then === "exit" && kept === undefined && { exitRule: when },
        decide: (at) =>
          ruleHolds(when, { height: at.height, signals: at.signals, point: at }) ? then : "run",
      };
    }
  }
}

/**
 * What a policy is asked: every case is one model shape and one set of options,
 * every ask one call of `plan` or `decide` in that case.
 *
 * @module
 */
import { type OptionInput, optionText } from "../contract/options.ts";
import type {
  BlockPolicy,
  PolicyEvent,
  PolicyPlugin,
  PolicyState,
  RulePolicy,
  RunPoint,
  TokenPoint,
} from "../contract/policy.ts";
import { type Rule, ruleHeights, ruleHolds } from "../contract/rule.ts";
import type { RoundEvent } from "../contract/round.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { declareRounds, isRoundCase, roundAsks, roundEvents } from "./policy_rounds.ts";
import {
  blockPoint,
  samplePlaces,
  sampleScouts,
  sampleSignals,
  tokenPoint,
} from "./policy_samples.ts";
import { watch, type Watched } from "./watch.ts";

/** A policy with one set of options on one model shape. */
export interface PolicyCase {
  /** The plugin. */
  readonly plugin: PolicyPlugin;
  /** Options as written. */
  readonly input: OptionInput;
  /** Options as parsed. */
  readonly options: unknown;
  /** Model and limits. */
  readonly run: RunPoint;
}

/** One question. */
export interface Ask {
  /** Where, in words: `"decide" at height 3 of 12 blocks with threshold=0.5`. */
  readonly where: string;
  /** The function asked. */
  readonly call: string;
  /** Why nothing but `"run"` may be answered, where that is so. */
  readonly mustRun: "nan" | "not asked" | undefined;
  /** Number of blocks. */
  readonly layerCount: number;
  /** Puts the question. */
  put(): Watched;
  /** What is wrong with an answer, for questions of scope "round"; plans and actions otherwise. */
  readonly fault?: (answer: unknown) => string | undefined;
}

/** What a case declares before tokens are asked about. */
export interface Declared {
  /** Heights at which it wants to be asked. */
  readonly heights: readonly number[];
  /** Signals that it declares. */
  readonly signals: readonly SignalDeclaration[];
  /** The rule of a rule policy. */
  readonly rule: Rule | undefined;
  /** Calls that were made to learn this. */
  readonly calls: readonly { readonly call: string; readonly watched: Watched }[];
}

/** A case in words. */
export function caseText(each: PolicyCase): string {
  const options = Object.entries(each.input).map(([name, value]) => `${name}=${optionText(value)}`);
  return `${each.run.model.layerCount} blocks${
    options.length === 0 ? "" : ` with ${options.join(", ")}`
  }`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isRule(value: unknown): value is Rule {
  if (!isRecord(value)) return false;
  const parts = value["all"] ?? value["any"];
  return parts === undefined
    ? Array.isArray(value["at"]) && typeof value["signal"] === "string"
    : Array.isArray(parts) && parts.every(isRule);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

/** Asks a block or rule policy for its heights and signals. */
export function declare(each: PolicyCase): Declared {
  const { plugin, options, run } = each;
  if (isRoundCase(each)) return declareRounds(each);
  if (plugin.scope !== "block" && plugin.scope !== "rule") {
    return { heights: [], signals: [], rule: undefined, calls: [] };
  }
  const signals = watch((guard) => plugin.signals(guard(options, "options")));
  const declared = Array.isArray(signals.answer)
    ? signals.answer.filter(isRecord) as unknown as readonly SignalDeclaration[]
    : [];
  if (plugin.scope === "block") {
    const heights = watch((guard) =>
      plugin.heights(guard(run.model, "model"), guard(options, "options"))
    );
    return {
      heights: isNumbers(heights.answer) ? heights.answer : [],
      signals: declared,
      rule: undefined,
      calls: [{ call: "signals", watched: signals }, { call: "heights", watched: heights }],
    };
  }
  const rule = watch((guard) => plugin.rule(guard(run.model, "model"), guard(options, "options")));
  const when = isRecord(rule.answer) ? rule.answer["when"] : undefined;
  return {
    heights: isRule(when) ? ruleHeights(when) : [],
    signals: declared,
    rule: isRule(when) ? when : undefined,
    calls: [{ call: "signals", watched: signals }, { call: "rule", watched: rule }],
  };
}

/** States of a stateful policy: the first, and some after events. Empty when it throws. */
export function sampleStates(each: PolicyCase, declared: Declared): readonly unknown[] {
  const state = stateOf(each.plugin);
  if (state === undefined) return [undefined];
  try {
    let now = state.initial(each.run, each.options);
    const states = [now];
    for (const event of sampleEvents(each, declared)) {
      now = state.reduce(now, event, each.options);
      states.push(now);
    }
    return [states[0], states.at(-1)];
  } catch {
    return [];
  }
}

/** The state of a plugin, if it has one. */
export function stateOf(
  plugin: PolicyPlugin,
): PolicyState<unknown, unknown, PolicyEvent | RoundEvent> | undefined {
  if (plugin.scope === "round") return plugin.state as ReturnType<typeof stateOf>;
  return plugin.scope === "token" || plugin.scope === "block" ? plugin.state : undefined;
}

/** Events of two tokens, the first of which is run to the top later where that is observed. */
export function sampleEvents(
  each: PolicyCase,
  declared: Declared,
): readonly (PolicyEvent | RoundEvent)[] {
  if (isRoundCase(each)) return roundEvents(each, declared);
  const { layerCount } = each.run.model;
  const events: PolicyEvent[] = [];
  for (const token of [1, 2]) {
    for (const height of declared.heights.slice(0, 2)) {
      events.push({
        kind: "decision",
        height,
        action: "run",
        signals: sampleSignals(declared.signals, token * 100 + height),
      });
    }
    events.push({
      kind: "token",
      token,
      predicted: token,
      exitHeight: layerCount,
      blocksRun: layerCount,
    });
  }
  const exitHeight = declared.heights[0];
  if (
    exitHeight !== undefined && stateOf(each.plugin)?.observesRecomputed?.(each.options) === true
  ) {
    const signals = sampleSignals(declared.signals, 100 + exitHeight);
    events.push({ kind: "recomputed", predicted: 3, exitHeight, signals });
  }
  return events;
}

/** Heights of a model that asks are spread over: all that were declared, and others between. */
function heightsToAsk(declared: Declared, layerCount: number): readonly number[] {
  const heights = new Set(declared.heights.filter((height) => height >= 0 && height < layerCount));
  for (const share of [0, 0.25, 0.5, 0.75, 1]) heights.add(Math.round(share * (layerCount - 1)));
  return [...heights].sort((a, b) => a - b);
}

function blockAsks(
  each: PolicyCase & { readonly plugin: BlockPolicy<unknown> | RulePolicy<unknown> },
  { declared, token }: { readonly declared: Declared; readonly token: TokenPoint },
): Ask[] {
  const { plugin, options, run } = each;
  const { layerCount } = run.model;
  const asks: Ask[] = [];
  for (const height of heightsToAsk(declared, layerCount)) {
    const asked = declared.heights.includes(height);
    const kinds = asked ? ["nan", "low", "high", height, height + 1000] as const : ["nan"] as const;
    for (const kind of kinds) {
      const point = blockPoint(token, { height, signals: sampleSignals(declared.signals, kind) });
      const put = plugin.scope === "block"
        ? () => watch((guard) => plugin.decide(guard(point, "point"), guard(options, "options")))
        : () =>
          watch((guard) => {
            const { when, then } = plugin.rule(
              guard(run.model, "model"),
              guard(options, "options"),
            );
            const situation = { height, signals: point.signals, point: guard(token, "point") };
            return ruleHolds(when, situation) ? then : "run";
          });
      asks.push({
        where: `height ${height} of ${caseText(each)}`,
        call: plugin.scope === "block" ? "decide" : "rule",
        mustRun: !asked ? "not asked" : kind === "nan" ? "nan" : undefined,
        layerCount,
        put,
      });
    }
  }
  return asks;
}

/** All questions of a case. */
export function asksOf(each: PolicyCase, declared: Declared): readonly Ask[] {
  const { plugin, options, run } = each;
  const { layerCount } = run.model;
  if (isRoundCase(each)) return roundAsks(each, { declared, states: sampleStates(each, declared) });
  if (plugin.scope === "round" || plugin.scope === "readout") return [];
  if (plugin.scope === "run") {
    return [{
      where: caseText(each),
      call: "plan",
      mustRun: undefined,
      layerCount,
      put: () => watch((guard) => plugin.plan(guard(run, "point"), guard(options, "options"))),
    }];
  }
  const asks: Ask[] = [];
  const withPrompt = watch((guard) => plugin.actsOnPrompt?.(guard(options, "options"))).answer;
  for (const place of samplePlaces(withPrompt === true)) {
    for (const state of sampleStates(each, declared)) {
      if (plugin.scope !== "token") {
        const token = tokenPoint(run, { ...place, state });
        asks.push(...blockAsks({ ...each, plugin }, { declared, token }));
        continue;
      }
      for (const scouted of plugin.scouts ? sampleScouts(layerCount) : [undefined]) {
        const token = tokenPoint(run, { ...place, state, scouted });
        asks.push({
          where: `position ${place.position} (${place.phase}) of ${caseText(each)}`,
          call: "plan",
          mustRun: undefined,
          layerCount,
          put: () =>
            watch((guard) => plugin.plan(guard(token, "point"), guard(options, "options"))),
        });
      }
    }
  }
  return asks;
}

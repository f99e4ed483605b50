/**
 * What round policies are asked: proposals at places of a text, continuations of
 * drafted tokens, and the events that their states are told.
 *
 * @module
 */
import { planUpTo } from "../contract/policy.ts";
import {
  CONTINUATIONS,
  type DraftPoint,
  type Proposal,
  type RoundEvent,
  type RoundPoint,
  type RoundPolicy,
  type ShadowReadouts,
} from "../contract/round.ts";
import { declareSignals, type SignalDeclaration } from "../contract/signal.ts";
import { proposalFault, shadowFault } from "../decode/bound_rounds.ts";
import { createRandom, hashUniform } from "../numerics/random.ts";
import type { Ask, Declared, PolicyCase } from "./policy_cases.ts";
import { sampleSignals } from "./policy_samples.ts";
import { shown } from "./policy_shape.ts";
import { watch } from "./watch.ts";

/** A case of a round policy. */
export type RoundCase = PolicyCase & { readonly plugin: RoundPolicy<unknown> };

/** Whether a case is one. */
export function isRoundCase(each: PolicyCase): each is RoundCase {
  return each.plugin.scope === "round";
}

/** Texts that rounds start from: one token, a text that repeats itself, and a seeded one. */
function sampleTexts(vocabSize: number): readonly (readonly number[])[] {
  const random = createRandom(11);
  return [
    [5],
    Array.from({ length: 24 }, (_, i) => 3 + i % 5),
    Array.from({ length: 40 }, () => random.int(vocabSize)),
  ];
}

/** Asks for signals, shadow heights and heads. */
export function declareRounds(each: RoundCase): Declared {
  const { plugin, options, run } = each;
  const calls: Declared["calls"][number][] = [];
  let signals: readonly SignalDeclaration[] = [];
  if (plugin.signals !== undefined) {
    const watched = watch((guard) => {
      const names = plugin.signals?.(guard(options, "options")) ?? [];
      return declareSignals(...names);
    });
    if (Array.isArray(watched.answer)) signals = watched.answer;
    calls.push({ call: "signals", watched });
  }
  for (const call of ["shadow", "heads"] as const) {
    if (plugin[call] === undefined) continue;
    const watched = watch((guard) =>
      plugin[call]?.(guard(run.model, "model"), guard(options, "options"))
    );
    calls.push({ call, watched });
  }
  return { heights: [], signals, rule: undefined, calls };
}

/** One sentence's rest on wrong shadow heights or heads, or `undefined`. */
export function roundDeclarationFault(each: RoundCase, declared: Declared): string | undefined {
  for (const { call, watched: { answer, thrown } } of declared.calls) {
    if (thrown !== undefined || answer === undefined) continue;
    if (call === "shadow") {
      const shadow = answer as Parameters<typeof shadowFault>[0];
      const fault = Array.isArray(shadow?.heights)
        ? shadowFault(shadow, each.run.model)
        : `it gives ${shown(answer)}`;
      if (fault !== undefined) return `expected shadow heights that the model has: ${fault}`;
    } else if (call === "heads") {
      const names = Array.isArray(answer) && answer.every((head) => typeof head === "string");
      if (!names) return `expected heads to be a list of names: it is ${shown(answer)}`;
    }
  }
  return undefined;
}

/** A round's point. */
function roundPoint(
  { run }: PolicyCase,
  at: { readonly tokens: readonly number[]; readonly state: unknown; readonly emitted: number },
): RoundPoint {
  const position = at.tokens.length - 1;
  return {
    model: run.model,
    limits: run.limits,
    phase: at.emitted === 0 ? "prompt" : "decode",
    position,
    emitted: at.emitted,
    room: Math.max(0, run.limits.maxTokens - at.emitted - 1),
    tokens: at.tokens,
    uniform: (i) => hashUniform(7, position, i),
    state: at.state,
  };
}

type Drafting = Exclude<Proposal, { readonly kind: "measure" }>;

/** Proposals by which a draft may have been made: the policy's own, or an exit in the middle. */
function draftingProposal(each: RoundCase, point: RoundPoint): Drafting {
  try {
    const own = each.plugin.propose(point, each.options);
    if (own.kind === "plan" || own.kind === "exits") return own;
  } catch {
    // Throwing is reported where it is asked for.
  }
  return exitInTheMiddle(each.run.model.layerCount);
}

function exitInTheMiddle(layerCount: number): Drafting {
  return { kind: "plan", plan: planUpTo(Math.ceil(layerCount / 2)), maxTokens: 4 };
}

function draftPoint(
  each: RoundCase,
  { point, declared, kind }: {
    readonly point: RoundPoint;
    readonly declared: Declared;
    readonly kind: "nan" | "low" | "high" | number;
  },
): DraftPoint {
  return {
    ...point,
    proposal: draftingProposal(each, point),
    drafted: typeof kind === "number" ? 1 + kind % 4 : 1,
    token: 3,
    height: Math.ceil(each.run.model.layerCount / 2),
    signals: sampleSignals(declared.signals, kind),
  };
}

/** All questions of a case; `states` are those that the policy may be in. */
export function roundAsks(
  each: RoundCase,
  { declared, states }: { readonly declared: Declared; readonly states: readonly unknown[] },
): readonly Ask[] {
  const { plugin, options, run } = each;
  const { layerCount } = run.model;
  const withPrompt = watch((guard) => plugin.actsOnPrompt?.(guard(options, "options"))).answer;
  const asks: Ask[] = [];
  for (const tokens of sampleTexts(run.model.vocabSize)) {
    for (const emitted of withPrompt === true ? [0, 1, 62, 63] : [1, 62, 63]) {
      for (const state of states) {
        const point = roundPoint(each, { tokens, state, emitted });
        const where = `position ${point.position}, room ${point.room}`;
        asks.push({
          where,
          call: "propose",
          mustRun: undefined,
          layerCount,
          put: () =>
            watch((guard) => plugin.propose(guard(point, "point"), guard(options, "options"))),
          fault: (answer) => {
            const fault = proposalFault(answer as Proposal, run.model);
            return fault === undefined ? undefined : `to mean something: ${fault}`;
          },
        });
        if (plugin.decide === undefined) continue;
        for (const kind of ["nan", "low", "high", 7, 42] as const) {
          const drafted = draftPoint(each, { point, declared, kind });
          asks.push({
            where,
            call: "decide",
            mustRun: undefined,
            layerCount,
            put: () =>
              watch((guard) => plugin.decide?.(guard(drafted, "point"), guard(options, "options"))),
            fault: (answer) =>
              CONTINUATIONS.some((known) => known === answer)
                ? undefined
                : `to answer one of ${CONTINUATIONS.join(", ")}: it answers ${shown(answer)}`,
          });
        }
      }
    }
  }
  return asks;
}

/** Events of a prompt, measurements and rounds with every outcome. */
export function roundEvents(each: RoundCase, declared: Declared): readonly RoundEvent[] {
  const { plugin, options, run } = each;
  const { layerCount } = run.model;
  const shadow = plugin.shadow?.(run.model, options);
  const random = createRandom(13);
  const readouts = (rows: number): { shadow?: ShadowReadouts } => {
    if (shadow === undefined || shadow.heights.length === 0) return {};
    const heights = [...shadow.heights, layerCount];
    const table = (value: () => number) =>
      heights.map(() => Array.from({ length: rows }, () => value()));
    return {
      shadow: { heights, tokens: table(() => random.int(3)), top1: table(() => random.uniform()) },
    };
  };
  const events: RoundEvent[] = [
    { kind: "prompt", length: 9, ...readouts(Math.min(9, shadow?.promptRows ?? 0)) },
  ];
  const proposal = exitInTheMiddle(layerCount);
  const height = Math.ceil(layerCount / 2);
  for (const what of ["matches", "updates"] as const) {
    const list = what === "updates" ? Array.from({ length: layerCount }, (_, l) => l % 3) : [];
    const plan = planUpTo(layerCount);
    const measure = { kind: "measure", plan, rows: 8, what } as const;
    events.push({
      kind: "measured",
      proposal: measure,
      rows: 8,
      matches: 5,
      attention: list,
      mlp: list,
    });
  }
  for (const [drafted, accepted] of [[3, 3], [3, 0], [2, 1], [0, 0]] as const) {
    const tokens = Array.from({ length: drafted }, (_, i) => i + 1);
    events.push({
      kind: "round",
      proposal: drafted === 0 ? NONE : proposal,
      position: 9,
      drafted: tokens,
      heights: tokens.map(() => height),
      signals: tokens.map((token) => sampleSignals(declared.signals, token)),
      accepted,
      emitted: [...tokens.slice(0, accepted), 9],
      ...readouts(drafted + 1),
    });
  }
  return events;
}

const NONE: Drafting = { kind: "none" };

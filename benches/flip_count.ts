/**
 * Decisions and tokens of one policy on two sessions, on the same given texts.
 *
 *     flip        a decision about one position at one height, asked on both, answered otherwise;
 *                 or a position whose greedy token differs
 *     near-tie    a decision that moving any declared signal by its tolerance would
 *                 change; a token whose two likeliest logits lie closer than `logit`
 *
 * Texts are teacher-forced, so one flip does not lead to the next token's. A
 * position that left lower on one session is not asked higher up there, and not
 * compared there. Near-ties are those of the first session.
 *
 * @module
 */
import type { DecoderSession } from "../harness/contract/backend.ts";
import type { Action, BlockPoint } from "../harness/contract/policy.ts";
import type { BoundPolicy } from "../harness/decode/bound_policy.ts";
import { teacherForced } from "../harness/decode/teacher_forced.ts";
import { argmax } from "../harness/numerics/logits.ts";

/** What lies close enough to be decided by rounding. */
export interface Tolerance {
  /** Change of a readout's signal. */
  readonly signal: number;
  /** Change of a signal of two states, such as a cosine. */
  readonly state: number;
  /** Difference of the two likeliest logits. */
  readonly logit: number;
}

/** A text in tokens. */
export interface FlipText {
  /** Prompt. */
  readonly prompt: readonly number[];
  /** Text whose prediction is compared. */
  readonly target: readonly number[];
}

/** What was compared, and what differed. */
export interface FlipCount {
  /** Decisions asked on both sessions. */
  readonly decisions: number;
  /** Of these, near-ties. */
  readonly nearTies: number;
  /** Answered otherwise. */
  readonly flips: number;
  /** Of these, away from near-ties. */
  readonly flipsAway: number;
  /** Positions predicted. */
  readonly tokens: number;
  /** Greedy tokens that differ. */
  readonly tokenFlips: number;
  /** Of these, away from near-ties, at positions decided alike. */
  readonly tokenFlipsAway: number;
}

/** One decision, as it was noted. */
interface Noted {
  readonly action: Action;
  readonly near: boolean;
}

/** One prediction. */
interface Predicted {
  readonly token: number;
  readonly margin: number;
  readonly height: number;
  readonly blocksRun: number;
}

interface Seen {
  readonly decisions: Map<string, Noted>;
  readonly predictions: Map<string, Predicted>;
}

/** A bound policy of one row at a time. */
export type FlipPolicy = Exclude<BoundPolicy, { readonly kind: "round" }>;

/** A point with one signal moved. */
function moved(point: BlockPoint, name: string, by: number): BlockPoint {
  const signals = { ...point.signals, [name]: point.signals[name]! + by };
  return new Proxy(point, {
    get: (target, key) => {
      if (key === "signals") return signals;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function noting(
  bound: FlipPolicy,
  note: (point: BlockPoint, noted: Noted) => void,
  tolerance: Tolerance,
) {
  if (bound.kind === "plan") return bound;
  const steps = bound.signals.map(({ name, kind }) => ({
    name,
    by: kind === "state" ? tolerance.state : tolerance.signal,
  }));
  const decide = (point: BlockPoint): Action => {
    const action = bound.decide(point);
    const near = steps.some(({ name, by }) =>
      [-by, by].some((step) => bound.decide(moved(point, name, step)) !== action)
    );
    note(point, { action, near });
    return action;
  };
  return { ...bound, decide };
}

/** Distance of the two largest numbers. */
function marginOf(logits: Float32Array, top: number): number {
  let second = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    if (i !== top && logits[i]! > second) second = logits[i]!;
  }
  return logits[top]! - second;
}

async function see(
  session: DecoderSession,
  { bound, texts, tolerance }: {
    readonly bound: FlipPolicy;
    readonly texts: readonly FlipText[];
    readonly tolerance: Tolerance;
  },
): Promise<Seen> {
  const decisions = new Map<string, Noted>();
  const predictions = new Map<string, Predicted>();
  for (const [index, text] of texts.entries()) {
    const slot = session.newSlot();
    try {
      await teacherForced(session, {
        bound: noting(
          bound,
          ({ position, height }, noted) => decisions.set(`${index}/${position}/${height}`, noted),
          tolerance,
        ),
        slot,
        ...text,
        seed: 3,
        item: index,
        predicted: (at, logits, { exitHeight, blocksRun }) => {
          const token = argmax(logits);
          const margin = marginOf(logits, token);
          predictions.set(`${index}/${at}`, { token, margin, height: exitHeight, blocksRun });
        },
      });
    } finally {
      session.release(slot);
    }
  }
  return { decisions, predictions };
}

/** Compares a policy on two sessions, each with its own binding of it. */
export async function countFlips(
  pair: readonly [
    { readonly session: DecoderSession; readonly bound: FlipPolicy },
    { readonly session: DecoderSession; readonly bound: FlipPolicy },
  ],
  { texts, tolerance }: { readonly texts: readonly FlipText[]; readonly tolerance: Tolerance },
): Promise<FlipCount> {
  const [a, b] = pair;
  const first = await see(a.session, { bound: a.bound, texts, tolerance });
  const second = await see(b.session, { bound: b.bound, texts, tolerance });
  const asked = [...first.decisions].flatMap(([key, here]) => {
    const there = second.decisions.get(key);
    return there === undefined ? [] : [{ here, there }];
  });
  const flips = asked.filter(({ here, there }) => here.action !== there.action);
  const predicted = [...first.predictions].map(([key, here]) => ({
    here,
    there: second.predictions.get(key)!,
  }));
  const tokenFlips = predicted.filter(({ here, there }) => here.token !== there.token);
  const alike = ({ here, there }: typeof predicted[number]) =>
    here.height === there.height && here.blocksRun === there.blocksRun;
  return {
    decisions: asked.length,
    nearTies: asked.filter(({ here }) => here.near).length,
    flips: flips.length,
    flipsAway: flips.filter(({ here }) => !here.near).length,
    tokens: predicted.length,
    tokenFlips: tokenFlips.length,
    tokenFlipsAway:
      tokenFlips.filter((each) => alike(each) && each.here.margin >= tolerance.logit).length,
  };
}

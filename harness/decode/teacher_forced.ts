/**
 * A known text under a policy: each position's prediction without generating.
 *
 * All positions go as one batch where that equals one by one (design: property
 * 7): policies without a state that do not scout. Others go in order. `stop` is recorded and the
 * row goes on.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Row } from "../contract/backend.ts";
import { Ascent } from "./ascent.ts";
import { type BoundDepth, goesInOrder } from "./bound_policy.ts";
import type { ChanceKeys } from "./chance.ts";
import { type Climber, climber } from "./climber.ts";
import { guarded } from "./guarded.ts";
import { argmax } from "../numerics/logits.ts";
import { keepPending } from "./kv_fill/keep_pending.ts";
import { Companions } from "./kv_fill/recompute.ts";
import type { CarriedState } from "./stream_state.ts";

/** Positions that enter a step together. */
const CHUNK = 32;

/** What is run. */
export interface TeacherForcedRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundDepth;
  /** An empty slot; the caller releases it. */
  readonly slot: number;
  /** Prompt tokens, at least one: not decided unless the policy acts on the prompt. */
  readonly prompt: readonly number[];
  /** Tokens whose prediction is compared, at least one. */
  readonly target: readonly number[];
  /** One position after the other even where a batch would do. */
  readonly inOrder?: boolean;
  /** What the sequence before has left to a state of life "stream"; it starts anew when absent. */
  readonly carried?: CarriedState | undefined;
  /** Whether rows come with what the policy read of them. */
  readonly watched?: boolean | undefined;
  /**
   * Called per target token with the logits that predict it, [vocabSize], a view. Where the
   * row keeps a part of the vocabulary, they are those of the whole, and `row.choice` is the
   * token that it chooses among its own.
   */
  predicted(index: number, logits: Float32Array, row: Climber): void;
}

/** Whether a policy's positions may go as one batch. */
export function canBatch(bound: BoundDepth): boolean {
  return !goesInOrder(bound);
}

/**
 * Runs prompt and target, the last target token excepted, and shows every
 * prediction. Returns the order in which positions went.
 */
export async function teacherForced(
  session: DecoderSession,
  request: TeacherForcedRequest,
): Promise<"batch" | "sequential"> {
  const { bound, slot, prompt, target } = request;
  const batch = canBatch(bound) && !request.inOrder;
  const companions = bound.fill === "recompute" && !batch
    ? new Companions(slot, bound.point.model.layerCount)
    : undefined;
  const ascent = new Ascent(bound, { ...request, companions });
  const inputs = [...prompt, ...target.slice(0, -1)];
  const firstPrediction = prompt.length - 1;
  const decodes = (position: number) => position >= prompt.length;
  const size = (from: number) => batch || !(decodes(from) || bound.actsOnPrompt) ? CHUNK : 1;
  for (let from = 0; from < inputs.length;) {
    let to = Math.min(inputs.length, from + size(from));
    // A full-depth prompt may share no order with the plans that follow; then it goes first.
    if (!decodes(from) && !(batch && bound.actsOnPrompt)) to = Math.min(to, prompt.length);
    const climbers = inputs.slice(from, to).map((_, i): Climber => {
      const position = from + i;
      return {
        ...climber(),
        watched: request.watched ?? false,
        row: i,
        position,
        phase: decodes(position) ? "decode" : "prompt",
        emitted: Math.max(0, position - firstPrediction),
        fullDepth: !decodes(position) && !bound.actsOnPrompt,
      };
    });
    const rows: Row[] = climbers.map(({ position, phase }) => ({
      slot,
      position,
      token: inputs[position]!,
      phase,
    }));
    const step = session.begin(rows);
    await guarded(step, async () => {
      await ascent.climb(step, climbers);
      for (const row of climbers) {
        const index = row.position - firstPrediction;
        let predicted = -1;
        if (index >= 0) {
          await show(step, row, (logits) => {
            request.predicted(index, logits, row);
            if (!batch) predicted = row.choice ?? argmax(logits);
          });
        }
        if (companions !== undefined) await keepPending(step, row, { ascent, companions });
        if (index >= 0 && !batch) ascent.emitted(target[index]!, predicted, row);
      }
    });
    step.commit();
    companions?.committed();
    from = to;
  }
  return batch ? "batch" : "sequential";
}

async function show(
  step: DecoderStep,
  row: Climber,
  use: (logits: Float32Array) => void,
): Promise<void> {
  const { vocabulary } = row;
  const readout = { head: row.head, mark: row.exitMark };
  if (vocabulary !== undefined) {
    const choice = step.readToken({ ...readout, vocabulary }, [row.row]);
    row.choice = ("then" in choice ? await choice : choice).tokens[0]!;
  }
  const pending = step.readLogits(readout, [row.row]);
  use("then" in pending ? await pending : pending);
}

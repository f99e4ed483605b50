/**
 * Decoding known continuations of several sequences at once: each step holds one
 * row of every sequence, so that a block's weights are read once for all of them.
 *
 * Rows decide for themselves, as those of a teacher-forced batch do; they share
 * the chance of their item. What a policy carries from row to row would mix the
 * sequences, so policies with a state and the fill `recompute`, whose rows wait
 * in their own sequence, are refused.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Phase, Row } from "../contract/backend.ts";
import { UnsupportedError } from "../contract/errors.ts";
import { Ascent } from "./ascent.ts";
import { type BoundDepth, type BoundPolicy, goesInOrder } from "./bound_policy.ts";
import type { ChanceKeys } from "./chance.ts";
import { type Climber, climber } from "./climber.ts";
import type { ForcedDecoding } from "./forced.ts";

/** What is decoded. */
export interface ForcedRowsRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundDepth;
  /** Slots that hold the prompts, all of one length. */
  readonly slots: readonly number[];
  /** Tokens that are fed to each sequence, one per step; all of one length. */
  readonly tokens: readonly (readonly number[])[];
  /** What the rows are; `"decode"` when absent. Prompt rows run at full depth unless decided. */
  readonly phase?: Phase;
}

/** Why sequences cannot share steps under a policy; `undefined` when they can. */
export function batchRefusal(bound: BoundPolicy): string | undefined {
  const because = bound.kind === "round"
    ? "its rounds draft and verify one sequence"
    : goesInOrder(bound)
    ? "it carries a state from row to row"
    : bound.fill === "recompute"
    ? 'with KV fill "recompute" its rows wait in their own sequence'
    : undefined;
  return because === undefined
    ? undefined
    : `Cannot move several sequences in one step under policy "${bound.name}": ${because}`;
}

/** Prepares everything that a timed region must not allocate. Throws `UnsupportedError`. */
export function forcedRows(session: DecoderSession, request: ForcedRowsRequest): ForcedDecoding {
  const { bound, slots, tokens, phase = "decode" } = request;
  const refusal = slots.length > 1 ? batchRefusal(bound) : undefined;
  if (refusal !== undefined) throw new UnsupportedError(refusal);
  const ascent = new Ascent(bound, request);
  const inputs = slots.map((slot) => ({ slot, position: session.length(slot), token: 0, phase }));
  const rows: readonly Row[] = inputs;
  const set = slots.map((_, row) => row);
  const climbers = slots.map((_, row): Climber => ({
    ...climber(),
    row,
    phase,
    fullDepth: phase === "prompt" && !bound.actsOnPrompt,
  }));
  const steps = tokens[0]?.length ?? 0;
  return {
    async run(lap) {
      let blocksRun = 0;
      for (let i = 0; i < steps; i++) {
        for (let r = 0; r < inputs.length; r++) {
          inputs[r]!.token = tokens[r]![i]!;
          climbers[r]!.position = inputs[r]!.position;
          climbers[r]!.emitted = phase === "prompt" ? 0 : i + 1;
        }
        const step = session.begin(rows);
        try {
          await ascent.climb(step, climbers);
          await readTokens(step, { climbers, set });
        } catch (error) {
          step.commit([]);
          throw error;
        }
        step.commit();
        for (let r = 0; r < inputs.length; r++) {
          blocksRun += climbers[r]!.blocksRun;
          inputs[r]!.position++;
        }
        lap?.(i);
      }
      return blocksRun;
    },
  };
}

/** Reads a token of every row: one call per head and mark, so usually one. */
async function readTokens(
  step: DecoderStep,
  { climbers, set }: { readonly climbers: readonly Climber[]; readonly set: readonly number[] },
): Promise<void> {
  const { head, exitMark, vocabulary } = climbers[0]!;
  const alike = (row: Climber) =>
    row.head === head && row.exitMark === exitMark && row.vocabulary === vocabulary;
  const groups = climbers.every(alike)
    ? [{ head, exitMark, vocabulary, rows: set }]
    : climbers.map(({ row, ...each }) => ({ ...each, rows: [row] }));
  for (const group of groups) {
    const { head, exitMark: mark, vocabulary } = group;
    const pending = step.readToken({ head, mark, vocabulary }, group.rows);
    if ("then" in pending) await pending;
  }
}

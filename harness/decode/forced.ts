/**
 * Decoding a known continuation token by token, as a timed visit does: the
 * policy decides, the head is paid, the token that follows is given.
 *
 * @module
 */
import type { DecoderSession, Row } from "../contract/backend.ts";
import { Ascent } from "./ascent.ts";
import type { BoundDepth } from "./bound_policy.ts";
import type { ChanceKeys } from "./chance.ts";
import { climber } from "./climber.ts";
import { decodeRow } from "./generate.ts";
import { Companions } from "./kv_fill/recompute.ts";

/** What is decoded. */
export interface ForcedRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundDepth;
  /** A slot that holds the prompt. */
  readonly slot: number;
  /** Tokens that are fed, one step each. */
  readonly tokens: readonly number[];
}

/** A continuation ready to be decoded. `run` may be called once. */
export interface ForcedDecoding {
  /**
   * Decodes every token, telling `lap` after each step; resolves to the blocks that
   * ran, parts by halves.
   */
  run(lap?: (step: number) => void): Promise<number>;
}

/** Prepares everything that a timed region must not allocate. */
export function forcedDecoding(session: DecoderSession, request: ForcedRequest): ForcedDecoding {
  const { bound, slot, tokens } = request;
  const companions = bound.fill === "recompute"
    ? new Companions(slot, bound.point.model.layerCount)
    : undefined;
  const ascent = new Ascent(bound, { ...request, companions });
  const row = climber();
  const input = { slot, position: session.length(slot), token: 0, phase: "decode" as const };
  const rows: readonly Row[] = [input];
  return {
    async run(lap) {
      let blocksRun = 0;
      for (let i = 0; i < tokens.length; i++) {
        input.token = tokens[i]!;
        row.position = input.position;
        row.emitted = i + 1;
        const step = session.begin(rows);
        let predicted: number | undefined;
        try {
          predicted = await decodeRow(step, { ascent, row, companions });
        } catch (error) {
          step.commit([]);
          throw error;
        }
        step.commit();
        companions?.committed();
        ascent.emitted(tokens[i + 1] ?? -1, predicted ?? -1, row);
        blocksRun += row.blocksRun;
        input.position++;
        lap?.(i);
      }
      return blocksRun;
    },
  };
}

/**
 * A session that also reads, of the row being decoded, what the model's own head
 * would say at every height that the row stands at: the logit lens.
 *
 * Runs of many blocks are split; what the row would have said is read when its
 * token is. Steps with more than one entering row (prompts) pass unseen. It is
 * for explaining, never for timing.
 *
 * @module
 */
import type {
  Awaitable,
  DecoderSession,
  DecoderStep,
  Part,
  Row,
  Sampler,
  Span,
  TokenChoice,
} from "../harness/contract/backend.ts";
import {
  type HiddenMark,
  type Readout,
  type RowSet,
  SHARED_READOUT,
} from "../harness/contract/signal.ts";

/** What the head says of the row's state at one height. */
export interface LensReading {
  /** Blocks passed. */
  readonly height: number;
  /** Likeliest token. */
  readonly token: number;
  /** Its probability. */
  readonly probability: number;
}

/** Reads through the lens; `take` empties what was read of the last decoded row. */
export interface LensSession extends DecoderSession {
  /** Readings of the last decoded row, by height, and forgets them. */
  take(): readonly LensReading[];
}

function copyOf(choice: TokenChoice): TokenChoice {
  return {
    tokens: choice.tokens.slice(),
    logProbabilities: choice.logProbabilities.slice(),
    seconds: choice.seconds.slice(),
    logitMargins: choice.logitMargins.slice(),
  };
}

/** Watches the one row of a decode step. */
class LensStep implements DecoderStep {
  readonly #inner: DecoderStep;
  readonly #found: (readings: readonly LensReading[]) => void;
  readonly #marks: Map<number, HiddenMark> = new Map();

  constructor(inner: DecoderStep, found: (readings: readonly LensReading[]) => void) {
    this.#inner = inner;
    this.#found = found;
    this.#marks.set(0, inner.mark([0]));
  }

  get rowCount(): number {
    return this.#inner.rowCount;
  }
  extend(rows: readonly Row[]): RowSet {
    return this.#inner.extend(rows);
  }
  run(blocks: number | Span, part: Part, rows?: RowSet, pass?: number): void {
    const span = typeof blocks === "number" ? { from: blocks, to: blocks + 1 } : blocks;
    const watched = rows === undefined || Array.from(rows).includes(0);
    for (let block = span.from; block < span.to; block++) {
      this.#inner.run(block, part, rows, pass);
      if (watched && part !== "attention") this.#marks.set(block + 1, this.#inner.mark([0]));
    }
  }
  fillKv(...args: Parameters<DecoderStep["fillKv"]>): void {
    this.#inner.fillKv(...args);
  }
  readSignals(
    ...args: Parameters<DecoderStep["readSignals"]>
  ): ReturnType<DecoderStep["readSignals"]> {
    return this.#inner.readSignals(...args);
  }
  pick(readout: Readout, row: number): ReturnType<DecoderStep["pick"]> {
    return this.#inner.pick(readout, row);
  }
  readToken(readout: Readout, rows?: RowSet, sampler?: Sampler): Awaitable<TokenChoice> {
    return this.#readToken(readout, rows, sampler);
  }
  async #readToken(readout: Readout, rows?: RowSet, sampler?: Sampler): Promise<TokenChoice> {
    const choice = copyOf(await this.#inner.readToken(readout, rows, sampler));
    const readings: LensReading[] = [];
    for (const [height, mark] of [...this.#marks].sort(([a], [b]) => a - b)) {
      const { tokens, logProbabilities } = await this.#inner.readToken(
        { ...SHARED_READOUT, mark },
        [0],
      );
      readings.push({ height, token: tokens[0]!, probability: Math.exp(logProbabilities[0]!) });
    }
    this.#found(readings);
    return choice;
  }
  readLogits(readout: Readout, rows?: RowSet): Awaitable<Float32Array> {
    return this.#inner.readLogits(readout, rows);
  }
  selectVocabulary(
    ...args: Parameters<DecoderStep["selectVocabulary"]>
  ): ReturnType<DecoderStep["selectVocabulary"]> {
    return this.#inner.selectVocabulary(...args);
  }
  mark(rows?: RowSet): HiddenMark {
    return this.#inner.mark(rows);
  }
  restore(mark: HiddenMark): void {
    this.#inner.restore(mark);
  }
  commit(rows?: RowSet): void {
    this.#inner.commit(rows);
  }
}

/** Puts the lens before a session. */
export function lensSession(inner: DecoderSession): LensSession {
  let last: readonly LensReading[] = [];
  return {
    model: inner.model,
    backend: inner.backend,
    memory: () => inner.memory(),
    newSlot: () => inner.newSlot(),
    length: (slot) => inner.length(slot),
    begin: (rows) => {
      const step = inner.begin(rows);
      if (rows.length !== 1 || rows[0]!.phase !== "decode") return step;
      return new LensStep(step, (readings) => last = readings);
    },
    fork: (slot) => inner.fork(slot),
    truncate: (slot, length) => inner.truncate(slot, length),
    release: (slot) => inner.release(slot),
    close: () => inner.close(),
    take: () => {
      const taken = last;
      last = [];
      return taken;
    },
  };
}

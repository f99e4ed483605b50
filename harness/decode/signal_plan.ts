/**
 * From declared signals to requests: which marks are taken at which heights,
 * and what is asked of the step there.
 *
 * @module
 */
import type { Awaitable, DecoderStep } from "../contract/backend.ts";
import {
  type HiddenMark,
  partName,
  type SignalDeclaration,
  type SignalRequest,
  type Signals,
  type VocabularySubset,
} from "../contract/signal.ts";

/** The height at which signals are read, and the marks at hand there. */
export interface HeightMarks {
  /** The height. */
  readonly height: number;
  /** State one block lower. */
  readonly previousBlock: HiddenMark | undefined;
  /** State at the previous height that was asked. */
  readonly previousCheck: HiddenMark | undefined;
  /** The embedding. */
  readonly embedding: HiddenMark | undefined;
}

/** Which marks a policy's signals need. */
export interface MarkNeeds {
  /** Before the block below each asked height. */
  readonly previousBlock: boolean;
  /** At each asked height. */
  readonly previousCheck: boolean;
  /** At height 0. */
  readonly embedding: boolean;
}

/** Which marks the declarations need. */
export function markNeeds(signals: readonly SignalDeclaration[]): MarkNeeds {
  const needs = (against: string) =>
    signals.some((signal) => signal.kind === "state" && signal.against === against);
  const previousCheck = needs("previous_check");
  return {
    previousBlock: needs("previous_block"),
    previousCheck,
    embedding: previousCheck || needs("embedding"),
  };
}

/**
 * The request of one declaration, or `undefined` where it has no meaning: a
 * state signal at height 0, with nothing lower to compare with.
 */
export function signalRequest(
  signal: SignalDeclaration,
  marks: HeightMarks,
  vocabulary?: VocabularySubset,
): SignalRequest | undefined {
  switch (signal.kind) {
    case "readout":
      return {
        kind: "readout",
        signal: signal.signal,
        readout: { head: partName(signal.head, { ...signal, height: marks.height }), vocabulary },
      };
    case "probe":
      return {
        kind: "probe",
        probe: partName(signal.probe, { ...signal, height: marks.height }),
      };
    case "state": {
      const a = signal.against === "previous_block"
        ? marks.previousBlock
        : signal.against === "previous_check"
        ? marks.previousCheck
        : marks.embedding;
      return a === undefined
        ? undefined
        : { kind: "state", signal: signal.signal, a, b: undefined };
    }
  }
}

/**
 * Reads declared signals of rows: [rows, signals] row-major, NaN where a signal
 * has no meaning at this height. Resolves at once where the backend does.
 */
export function readDeclared(
  step: DecoderStep,
  { signals, marks, rows, vocabulary }: {
    readonly signals: readonly SignalDeclaration[];
    readonly marks: HeightMarks;
    readonly rows: readonly number[];
    /** Tokens that readouts are over; all when absent. */
    readonly vocabulary?: VocabularySubset | undefined;
  },
): Awaitable<Float64Array> {
  const requests: SignalRequest[] = [];
  const columns: number[] = [];
  signals.forEach((signal, column) => {
    const request = signalRequest(signal, marks, vocabulary);
    if (request === undefined) return;
    requests.push(request);
    columns.push(column);
  });
  const out = new Float64Array(rows.length * signals.length).fill(NaN);
  if (requests.length === 0 || rows.length === 0) return out;
  const store = ({ values, offsets, widths }: Signals): Float64Array => {
    columns.forEach((column, i) => {
      const signal = signals[column]!;
      const output = signal.kind === "probe" ? signal.output : 0;
      for (let r = 0; r < rows.length; r++) {
        out[r * signals.length + column] = values[offsets[i]! + r * widths[i]! + output]!;
      }
    });
    return out;
  };
  const read = step.readSignals(requests, rows);
  return "then" in read ? read.then(store) : store(read);
}

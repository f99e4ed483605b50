/**
 * Tracing one text: full depth once, read at every height on the way.
 *
 * Rows enter in chunks, as in teacher forcing. Rows of the prompt that predict
 * no target token are run and not read. Divergences come from full logits, in
 * f64: KL(p_L ‖ p_h) and −ln p_h(target) of the shared head.
 *
 * Memory: with `nll` or `kl` one mark per height and chunk, and 2 · chunk · V floats.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Row } from "../contract/backend.ts";
import { type HiddenMark, SHARED_READOUT } from "../contract/signal.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { guarded } from "../decode/guarded.ts";
import { markNeeds, readDeclared } from "../decode/signal_plan.ts";
import { klDivergence, logSumExp } from "../numerics/logits.ts";
import type { TraceColumn, TracedItem, TraceManifest } from "./trace_store.ts";
import { TOKEN_KEY } from "./traced_signal.ts";

/** Rows that enter a step together. */
const CHUNK = 32;

const TOKEN: SignalDeclaration = {
  name: TOKEN_KEY,
  kind: "readout",
  signal: "token",
  head: "shared",
};

/** What is traced at every position. */
export type TraceDeclaration = Pick<TraceManifest, "heights" | "signals" | "measures">;

/** A text to trace. */
export interface TraceTextRequest {
  /** An empty slot; the caller releases it. */
  readonly slot: number;
  /** Tokens of the prompt, at least one. */
  readonly prompt: readonly number[];
  /** Tokens whose prediction is traced, at least one. */
  readonly target: readonly number[];
}

/** The numbers of one text. */
export type TracedText = Pick<
  TracedItem,
  "columns" | "target" | "finalToken" | "finalMargin" | "finalNll"
>;

/** Runs prompt and target, the last target token excepted, and reads every height. */
export async function traceText(
  session: DecoderSession,
  { slot, prompt, target }: TraceTextRequest,
  declared: TraceDeclaration,
): Promise<TracedText> {
  const tracer = new TextTracer(session, { target, first: prompt.length - 1 }, declared);
  const inputs = [...prompt, ...target.slice(0, -1)];
  for (let from = 0; from < inputs.length; from += CHUNK) {
    const rows: Row[] = inputs.slice(from, from + CHUNK).map((token, i) => ({
      slot,
      position: from + i,
      token,
      phase: from + i < prompt.length ? "prompt" : "decode",
    }));
    const step = session.begin(rows);
    await guarded(step, () => tracer.climb(step, from));
    step.commit();
  }
  return tracer.text;
}

/** Rows of one step that are read. */
interface ReadRows {
  /** Rows of the step. */
  readonly rows: readonly number[];
  /** Position in the trace of the first. */
  readonly at: number;
}

class TextTracer {
  readonly text: TracedText;
  readonly #first: number;
  readonly #layerCount: number;
  readonly #declared: TraceDeclaration;
  readonly #signals: readonly SignalDeclaration[];
  readonly #keys: readonly string[];

  constructor(
    session: DecoderSession,
    { target, first }: { readonly target: readonly number[]; readonly first: number },
    declared: TraceDeclaration,
  ) {
    this.#first = first;
    this.#layerCount = session.model.layerCount;
    this.#declared = declared;
    this.#signals = [TOKEN, ...declared.signals.map(({ declaration }) => declaration)];
    this.#keys = [TOKEN_KEY, ...declared.signals.map(({ key }) => key)];
    const cells = target.length * declared.heights.length;
    const columns: Record<string, TraceColumn> = { [TOKEN_KEY]: new Int32Array(cells) };
    for (const key of [...this.#keys.slice(1), ...declared.measures]) {
      columns[key] = new Float32Array(cells);
    }
    this.text = {
      columns,
      target: Int32Array.from(target),
      finalToken: new Int32Array(target.length),
      finalMargin: new Float32Array(target.length),
      finalNll: new Float32Array(declared.measures.includes("nll") ? target.length : 0),
    };
  }

  /** Runs the rows of a step to the top; its first row stands at sequence position `from`. */
  async climb(step: DecoderStep, from: number): Promise<void> {
    const skipped = Math.max(0, Math.min(step.rowCount, this.#first - from));
    const rows = Array.from({ length: step.rowCount - skipped }, (_, i) => skipped + i);
    if (rows.length === 0) return step.run({ from: 0, to: this.#layerCount }, "block");
    const read = { rows, at: from + skipped - this.#first };
    const { heights, measures } = this.#declared;
    const needs = markNeeds(this.#signals);
    const embedding = needs.embedding ? step.mark(rows) : undefined;
    const marks: HiddenMark[] = [];
    let previousBlock: HiddenMark | undefined;
    for (let height = 0; height < this.#layerCount; height++) {
      const column = heights.indexOf(height);
      if (column >= 0) {
        const lower = height === 0 ? undefined : embedding;
        const states = { height, previousBlock, previousCheck: undefined, embedding: lower };
        await this.#readSignals(step, read, { column, states });
        if (measures.length > 0) marks.push(step.mark(rows));
      }
      if (needs.previousBlock && heights.includes(height + 1)) previousBlock = step.mark(rows);
      step.run(height, "block");
    }
    const choice = await step.readToken(SHARED_READOUT, rows);
    this.text.finalToken.set(choice.tokens.subarray(0, rows.length), read.at);
    this.text.finalMargin.set(choice.logitMargins.subarray(0, rows.length), read.at);
    if (measures.length > 0) await this.#measure(step, read, marks);
  }

  async #readSignals(
    step: DecoderStep,
    { rows, at }: ReadRows,
    { column, states }: {
      readonly column: number;
      readonly states: Parameters<typeof readDeclared>[1]["marks"];
    },
  ): Promise<void> {
    const signals = this.#signals;
    const values = await readDeclared(step, { signals, marks: states, rows });
    const width = this.#declared.heights.length;
    this.#keys.forEach((key, s) => {
      const into = this.text.columns[key]!;
      for (let r = 0; r < rows.length; r++) {
        into[(at + r) * width + column] = values[r * signals.length + s]!;
      }
    });
  }

  /** Compares every marked height with the top, which the rows have reached. */
  async #measure(
    step: DecoderStep,
    { rows, at }: ReadRows,
    marks: readonly HiddenMark[],
  ): Promise<void> {
    const { columns, target, finalNll } = this.text;
    const top = Float32Array.from(await step.readLogits(SHARED_READOUT, rows));
    const vocabulary = top.length / rows.length;
    const row = (logits: Float32Array, r: number) =>
      logits.subarray(r * vocabulary, (r + 1) * vocabulary);
    const nll = (logits: Float32Array, r: number) => logSumExp(logits) - logits[target[at + r]!]!;
    if (finalNll.length > 0) {
      for (let r = 0; r < rows.length; r++) finalNll[at + r] = nll(row(top, r), r);
    }
    for (const [column, mark] of marks.entries()) {
      const logits = await step.readLogits({ ...SHARED_READOUT, mark }, rows);
      for (let r = 0; r < rows.length; r++) {
        const cell = (at + r) * marks.length + column;
        const lower = row(logits, r);
        if (columns["nll"] !== undefined) columns["nll"][cell] = nll(lower, r);
        if (columns["kl"] !== undefined) columns["kl"][cell] = klDivergence(row(top, r), lower);
      }
    }
  }
}

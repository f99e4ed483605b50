/**
 * Sessions whose verification is broken on purpose, one break each.
 *
 * @module
 */
import type {
  DecoderSession,
  DecoderStep,
  Part,
  Readout,
  Row,
  RowSet,
  Sampler,
  Span,
  TokenChoice,
} from "../../harness/contract/mod.ts";

/** The breaks. */
export const BREAKS = [
  /** Every draft counts as right. */
  "accepts all",
  /** A draft is held to the prediction of the row after. */
  "off by one",
  /** Verification leaves out the last MLP. */
  "misses the top",
  /** A rejected draft's entries stay in place of the next token's. */
  "stale entries",
  /** Verification writes the draft's attention, without block 1. */
  "draft's plan",
  /** A drafted end of sequence is believed. */
  "unverified end",
  /** The token after the accepted ones is the second likeliest. */
  "wrong correction",
] as const;

/** One of them. */
export type Break = (typeof BREAKS)[number];

/** A session that verifies wrongly. `eos` is what "unverified end" believes. */
export function faultySession(
  session: DecoderSession,
  { fault, eos }: { readonly fault: Break; readonly eos: number },
): DecoderSession {
  /** Last drafted token by position. */
  const stale = new Map<number, number>();
  return new Proxy(session, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === "begin") {
        return (rows: readonly Row[]) => {
          const entering = fault === "stale entries" ? rows.map((row) => staled(row, stale)) : rows;
          return faultyStep(target.begin(entering), { fault, eos, rows: [...rows], stale });
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function staled(row: Row, stale: ReadonlyMap<number, number>): Row {
  const token = row.phase === "decode" ? stale.get(row.position) : undefined;
  return token === undefined ? row : { ...row, token };
}

function faultyStep(
  step: DecoderStep,
  { fault, eos, rows, stale }: {
    readonly fault: Break;
    readonly eos: number;
    readonly rows: Row[];
    readonly stale: Map<number, number>;
  },
): DecoderStep {
  const isDraft = () => rows.some(({ phase }) => phase === "draft");
  const overrides: Partial<DecoderStep> = {
    extend(added) {
      rows.push(...added);
      return step.extend(added);
    },
    run(blocks: number | Span, part: Part, set?: RowSet, pass?: number) {
      const span = typeof blocks === "number" ? { from: blocks, to: blocks + 1 } : blocks;
      const verifies = isDraft() && (set === undefined || set.length > 1);
      if (fault === "misses the top" && verifies && span.to - span.from > 1) {
        step.run({ from: span.from, to: span.to - 1 }, part, set, pass);
        return step.run(span.to - 1, "attention", set, pass);
      }
      if (fault === "draft's plan" && verifies && span.from <= 1 && span.to > 1) {
        if (span.from < 1) step.run({ from: span.from, to: 1 }, part, set, pass);
        step.fillKv(1, "project", set);
        step.run(1, "mlp", set);
        return step.run({ from: 2, to: span.to }, part, set, pass);
      }
      return step.run(blocks, part, set, pass);
    },
    async readToken(readout: Readout, set?: RowSet, sampler?: Sampler): Promise<TokenChoice> {
      const choice = await step.readToken(readout, set, sampler);
      const read = Array.from(set ?? rows.map((_, row) => row));
      if (!isDraft() || read.length < 2) return choice;
      const tokens = Int32Array.from(choice.tokens);
      const next = (row: number) => rows[row + 1]?.token as number | undefined;
      read.forEach((row, i) => {
        if (fault === "accepts all") tokens[i] = next(row) ?? tokens[i]!;
        if (fault === "unverified end" && next(row) === eos) tokens[i] = eos;
        if (fault === "off by one") tokens[i] = choice.tokens[Math.min(i + 1, read.length - 1)]!;
      });
      if (fault === "wrong correction") {
        const i = read.findIndex((row, i) => next(row) !== tokens[i]);
        tokens[i] = choice.seconds[i]!;
      }
      return { ...choice, tokens };
    },
    commit(kept) {
      const keep = new Set(Array.from(kept ?? rows.map((_, row) => row)));
      stale.clear();
      rows.forEach(({ position, token }, row) => {
        if (!keep.has(row) && typeof token === "number") stale.set(position, token);
      });
      step.commit(kept);
    },
  };
  return new Proxy(step, {
    get(target, key) {
      const own: unknown = Reflect.get(overrides, key);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

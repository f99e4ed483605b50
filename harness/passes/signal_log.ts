/**
 * What a policy read, token by token, as records keep it.
 *
 * Values are kept to four significant digits: enough to read, and a third of
 * the bytes.
 *
 * @module
 */
import type { TokenSignals } from "../contract/record.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import type { BoundPolicy } from "../decode/bound_policy.ts";
import type { Reading } from "../decode/climber.ts";

/** Collects the last reading of each token. */
export class SignalLog {
  readonly #declared: readonly SignalDeclaration[];
  readonly #heights: number[] = [];
  readonly #values: readonly number[][];

  /** For one sequence under a policy. */
  constructor(bound: BoundPolicy) {
    this.#declared = bound.kind === "decide" ? bound.signals : [];
    this.#values = this.#declared.map(() => []);
  }

  /** Adds the next token. */
  add(reading: Reading | undefined): void {
    this.#heights.push(reading?.height ?? -1);
    this.#values.forEach((column, i) => {
      column.push(Number((reading?.values[i] ?? NaN).toPrecision(4)));
    });
  }

  /** The field of a record; empty for policies that read nothing. */
  field(): { readonly signals?: TokenSignals } {
    if (this.#declared.length === 0) return {};
    return {
      signals: {
        names: this.#declared.map(({ name }) => name),
        kinds: this.#declared.map((each) => each.kind === "probe" ? "probe" : each.signal),
        heights: this.#heights,
        values: this.#values,
      },
    };
  }
}

/**
 * What is measured on every peer, and what a peer is.
 *
 * @module
 */

/** A measure, in ms: `prefill` of a prompt, `decode` per token, `rows` evaluated at once. */
export type Measure =
  | { readonly kind: "prefill"; readonly count: 97 | 512 }
  | { readonly kind: "decode" }
  | { readonly kind: "rows"; readonly count: number };

/** Prompt lengths. */
export const PROMPTS = [97, 512] as const;

/** Every measure, in the order of the table. */
export const MEASURES: readonly Measure[] = [
  { kind: "decode" },
  ...PROMPTS.map((count): Measure => ({ kind: "prefill", count })),
  ...[2, 3, 4, 5, 6, 7, 8].map((count): Measure => ({ kind: "rows", count })),
];

/** A measure's name in tables. */
export function nameOf(measure: Measure): string {
  switch (measure.kind) {
    case "decode":
      return "decode, per token";
    case "prefill":
      return `prefill of ${measure.count} tokens`;
    case "rows":
      return `${measure.count} rows at once`;
  }
}

/** What all peers are given. */
export interface PeerTask {
  /** Path of the GGUF file. */
  readonly modelPath: string;
  /** Prompts of 97 and 512 tokens; decoding and rows stand behind the first. */
  readonly prompts: Readonly<Record<typeof PROMPTS[number], PromptText>>;
  /** Tokens that decoding is fed, where the peer's API lets them be chosen. */
  readonly forced: readonly number[];
  /** Threads of each peer. */
  readonly threads: number;
  /** Context, tokens. */
  readonly context: number;
}

/** A prompt as tokens and as the text that has exactly these tokens. */
export interface PromptText {
  /** Tokens. */
  readonly tokens: readonly number[];
  /** Their text. */
  readonly text: string;
}

/** A running peer. */
export interface Peer {
  /** Name in tables. */
  readonly name: string;
  /** Version, system information, what its times include: lines. */
  readonly details: readonly string[];
  /** One sample, ms; `undefined` when its API does not permit the measure. */
  measure(measure: Measure): Promise<number | undefined>;
  /** Its greedy continuation of the 97-token prompt: tokens, or text where it gives no tokens. */
  continuation(count: number): Promise<readonly number[] | string>;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * What policies are asked about during conformance: model shapes, points of a
 * generation, signal values. No weights are involved.
 *
 * @module
 */
import type { ModelInfo } from "../contract/model.ts";
import type { BlockPoint, RunPoint, TokenPoint } from "../contract/policy.ts";
import type { SignalDeclaration } from "../contract/signal.ts";
import { createRandom, hashUniform } from "../numerics/random.ts";

/** Shapes of a small Llama with `layerCount` blocks. */
export function modelOf(layerCount: number): ModelInfo {
  return {
    name: `sample-${layerCount}`,
    family: "llama",
    layerCount,
    dModel: 64,
    ffnSize: 160,
    gated: true,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    vocabSize: 256,
    tiedHead: true,
    context: 512,
    digest: `sha256:${layerCount.toString(16).padStart(64, "0")}`,
  };
}

/** Numbers of blocks that every policy is asked about. */
export const SAMPLE_DEPTHS: readonly number[] = [1, 2, 12, 30];

/** A decode point of a model with `layerCount` blocks: first token after the prompt. */
export function pointOf(layerCount: number): TokenPoint {
  return tokenPoint({ model: modelOf(layerCount), limits: { maxTokens: 64, context: 256 } }, {
    phase: "decode",
    position: 9,
    emitted: 1,
  });
}

/** A token's point. */
export function tokenPoint(
  run: RunPoint,
  token: Pick<TokenPoint, "phase" | "position" | "emitted" | "scouted"> & {
    readonly state?: unknown;
  },
): TokenPoint {
  return {
    model: run.model,
    limits: run.limits,
    phase: token.phase,
    position: token.position,
    emitted: token.emitted,
    sequence: 3,
    uniform: (i, of) =>
      of === "sequence" ? hashUniform(7, 3, i) : hashUniform(7, token.position, i),
    state: token.state,
    ...(token.scouted === undefined ? {} : { scouted: token.scouted }),
  };
}

/** Tokens that a scout may find at heights 0..L: all alike, all different, and seeded ones. */
export function sampleScouts(layerCount: number): readonly (readonly number[])[] {
  const random = createRandom(layerCount);
  const heights = Array.from({ length: layerCount + 1 }, (_, height) => height);
  return [heights.map(() => 5), heights, heights.map(() => random.int(3))];
}

/** A block's point: the token's, at a height, with signals. */
export function blockPoint(
  token: TokenPoint,
  at: Pick<BlockPoint, "height" | "signals">,
): BlockPoint {
  return { ...token, height: at.height, signals: at.signals };
}

/** Early and late places of a generation, decode first; the prompt only where it is acted on. */
export function samplePlaces(
  withPrompt: boolean,
): readonly Pick<TokenPoint, "phase" | "position" | "emitted">[] {
  const decode = [
    { phase: "decode", position: 9, emitted: 1 },
    { phase: "decode", position: 10, emitted: 2 },
    { phase: "decode", position: 71, emitted: 63 },
  ] as const;
  if (!withPrompt) return decode;
  return [
    ...decode,
    { phase: "prompt", position: 0, emitted: 0 },
    { phase: "prompt", position: 8, emitted: 0 },
  ];
}

/** Largest entropy of the sampled vocabulary, nats. */
const LARGEST_ENTROPY = Math.log(256);

/** A value that a declared signal may take, `share` of the way through its range. */
function valueOf(declared: SignalDeclaration, share: number): number {
  if (declared.kind === "probe") return 8 * share - 4;
  switch (declared.signal) {
    case "token":
      return Math.floor(255 * share);
    case "entropy":
    case "featureEntropy":
      return LARGEST_ENTROPY * share;
    case "cosine":
      return 2 * share - 1;
    case "logitMargin":
    case "relativeNorm":
      return 20 * share;
    case "top1":
    case "margin":
      return share;
  }
}

/** The signals of one asking: all NaN, all at one end, or seeded values in between. */
export function sampleSignals(
  declared: readonly SignalDeclaration[],
  kind: "nan" | "low" | "high" | number,
): Readonly<Record<string, number>> {
  const random = createRandom(typeof kind === "number" ? kind : 0);
  return Object.fromEntries(declared.map((each) => {
    switch (kind) {
      case "nan":
        return [each.name, NaN];
      case "low":
        return [each.name, valueOf(each, 0)];
      case "high":
        return [each.name, valueOf(each, 1)];
      default:
        return [each.name, valueOf(each, random.uniform())];
    }
  }));
}

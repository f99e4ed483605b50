/**
 * The published layout of trained parts: what the key `depthbench_parts` of a
 * safetensors file's `__metadata__` holds, as JSON text.
 *
 *     a step's tensors are named  <part>.<step>.<field>, steps counted from 0
 *     linear           weight [outputs, inputs], bias [outputs] where `bias` is true
 *     rmsNorm          weight [inputs]
 *     residualLowRank  down [rank, inputs], up [inputs, rank]
 *     activation       none
 *     a head's own matrix is <part>.unembedding [vocabSize, dModel]
 *
 * `<part>` is the name, or `<name>.<height>` for a part of one height. These are
 * the names that PyTorch gives the layers of a `Sequential`.
 *
 * @module
 */
import { z } from "zod";
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { Activation } from "../../harness/contract/parts.ts";

/** Key of `__metadata__` that holds the layout. */
export const PARTS_KEY = "depthbench_parts";

/** How heights are counted, spelled out in every file. */
export const HEIGHT_CONVENTION = "blocks run: 0 is the embedding, l + 1 the state after block l";

/** One step of a network, without its numbers. */
export type LayoutStep =
  | { readonly kind: "linear"; readonly outputs: number; readonly bias: boolean }
  | { readonly kind: "rmsNorm"; readonly epsilon: number }
  | { readonly kind: "activation"; readonly activation: Activation }
  | { readonly kind: "residualLowRank"; readonly rank: number };

/** One part. */
export interface LayoutPart {
  /** A network read as a signal, or a head that reads out. */
  readonly kind: "probe" | "head";
  /** Name by which policies call it. */
  readonly name: string;
  /** Height whose state it reads, where each height has its own. */
  readonly height?: number | undefined;
  /** Its steps, norms included: nothing is normalised before the first. */
  readonly steps: readonly LayoutStep[];
  /** Heads only: the model's own matrix or one in the file. */
  readonly unembedding?: "shared" | "own" | undefined;
}

/** The model that the parts were trained on. */
export interface LayoutBase {
  /** Short name for people. */
  readonly name: string;
  /** Digest of its file: parts are refused on any other. */
  readonly digest: string;
  /** Number of blocks. */
  readonly layerCount: number;
  /** Width of the residual stream. */
  readonly dModel: number;
  /** Vocabulary size. */
  readonly vocabSize: number;
}

/** The whole layout. */
export interface PartsLayout {
  /** Version of the layout. */
  readonly layout: 1;
  /** One line for people. */
  readonly summary: string;
  /** The base model. */
  readonly base: LayoutBase;
  /** How heights are counted. */
  readonly heights: typeof HEIGHT_CONVENTION;
  /** The parts. */
  readonly parts: readonly LayoutPart[];
  /** Policies that use them, calibrated options included. */
  readonly policies?: readonly string[] | undefined;
}

const size = z.int().min(1).max(1 << 24);

const step = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("linear"), outputs: size, bias: z.boolean() }),
  z.strictObject({ kind: z.literal("rmsNorm"), epsilon: z.number().positive().max(1) }),
  z.strictObject({
    kind: z.literal("activation"),
    activation: z.enum(["relu", "silu", "gelu", "sigmoid", "softmax"]),
  }),
  z.strictObject({ kind: z.literal("residualLowRank"), rank: size }),
]);

const named = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/).refine((name) => name !== "shared")
    .describe("Lower case, digits and _; not shared, which is the model's own head"),
  height: z.int().min(0).max(1024).optional()
    .describe("Height whose state it reads; absent for a part of all heights"),
  steps: z.array(step).max(32).describe("Applied in order to the residual state [dModel]"),
};

const layout = z.strictObject({
  layout: z.literal(1),
  summary: z.string().min(1).max(200),
  base: z.strictObject({
    name: z.string().min(1).max(100),
    digest: z.string().regex(/^sha256(?:-tree)?:[0-9a-f]{64}$/)
      .describe("Digest of the model file"),
    layerCount: z.int().min(1).max(1024),
    dModel: size,
    vocabSize: size,
  }),
  heights: z.literal(HEIGHT_CONVENTION),
  parts: z.array(z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("probe"), ...named }),
    z.strictObject({
      kind: z.literal("head"),
      ...named,
      unembedding: z.enum(["shared", "own"])
        .describe("The model's own unembedding, or a matrix [vocabSize, dModel] in the file"),
    }),
  ])).min(1).max(4096),
  policies: z.array(z.string().min(1).max(2000)).max(64).optional()
    .describe("Policy specs that use the parts, calibrated options included"),
});

/** Reads the text under {@linkcode PARTS_KEY}. Throws `ModelFormatError`. */
export function parsePartsLayout(text: string): PartsLayout {
  const place = { offset: 8, field: PARTS_KEY };
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw new ModelFormatError("expected JSON text", place, { cause });
  }
  const result = layout.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  throw new ModelFormatError(
    `${path === "" ? "" : `"${path}": `}${issue?.message ?? "expected the published layout"}`,
    place,
    { cause: result.error },
  );
}

/** The published JSON Schema of the layout. */
export function partsLayoutJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(layout) as Record<string, unknown>;
}

/**
 * Hyper-parameters of a GGUF file, under the name of its family.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type { Family } from "./families/mod.ts";
import type { GgufFile } from "./gguf/read_gguf.ts";
import type { Metadata } from "./gguf/metadata.ts";

/** Most decoder blocks that are accepted. */
export const MAX_LAYERS = 1024;
/** Largest width of any kind that is accepted. */
export const MAX_WIDTH = 1 << 20;
/** Longest context in tokens that is accepted unless the caller says otherwise. */
export const MAX_CONTEXT = 1 << 20;

/** Hyper-parameters, in range and consistent with each other. */
export interface GgufConfig {
  readonly layerCount: number;
  readonly dModel: number;
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly context: number;
  readonly normEpsilon: number;
  readonly ropeBase: number;
  readonly ropeDimensions: number;
  /** Vocabulary size if the file states one beside its embedding. */
  readonly vocabSize: number | undefined;
}

/**
 * Reads and checks the hyper-parameters.
 *
 * Errors: `ModelFormatError` for values out of range or at odds with each
 * other; `UnsupportedError` for features that the harness does not compute.
 */
export function readGgufConfig(
  file: GgufFile,
  family: Family,
  options: { readonly contextCap?: number } = {},
): GgufConfig {
  const { metadata } = file;
  const { name } = family;
  refuseUnsupported(file, name);
  const integer = (key: string, max: number): number =>
    metadata.required(`${name}.${key}`, metadata.integer(`${name}.${key}`, { min: 1, max }));
  const optional = (key: string, max: number): number | undefined =>
    metadata.integer(`${name}.${key}`, { min: 1, max });

  const dModel = integer("embedding_length", MAX_WIDTH);
  const heads = integer("attention.head_count", MAX_WIDTH);
  const kvHeads = optional("attention.head_count_kv", MAX_WIDTH) ?? heads;
  if (heads % kvHeads !== 0) {
    throw wrong(metadata, `${name}.attention.head_count_kv`, `must divide ${heads} heads`, kvHeads);
  }
  const headDim = readHeadDim(file, { name, dModel, heads });
  const ropeDimensions = optional("rope.dimension_count", MAX_WIDTH) ?? headDim;
  if (ropeDimensions > headDim || ropeDimensions % 2 !== 0) {
    const wanted = `must be even and <= ${headDim}`;
    throw wrong(metadata, `${name}.rope.dimension_count`, wanted, ropeDimensions);
  }
  const epsilon = family.norm === "layer" ? "layer_norm_epsilon" : "layer_norm_rms_epsilon";
  const epsilonKey = `${name}.attention.${epsilon}`;
  return {
    layerCount: integer("block_count", MAX_LAYERS),
    dModel,
    ffnSize: integer("feed_forward_length", MAX_WIDTH),
    heads,
    kvHeads,
    headDim,
    context: integer("context_length", options.contextCap ?? MAX_CONTEXT),
    normEpsilon: metadata.required(epsilonKey, metadata.float(epsilonKey, { min: 0, max: 1 })),
    ropeBase: metadata.float(`${name}.rope.freq_base`, { min: 1, max: 1e12 }) ?? 10_000,
    ropeDimensions,
    vocabSize: optional("vocab_size", 1 << 22),
  };
}

function readHeadDim(
  { metadata, source }: GgufFile,
  { name, dModel, heads }: {
    readonly name: string;
    readonly dModel: number;
    readonly heads: number;
  },
): number {
  const key = `${name}.attention.key_length`;
  const valueKey = `${name}.attention.value_length`;
  const range = { min: 1, max: MAX_WIDTH };
  const stated = metadata.integer(key, range);
  if (stated === undefined && dModel % heads !== 0) {
    throw wrong(metadata, `${name}.attention.head_count`, `must divide the width ${dModel}`, heads);
  }
  const headDim = stated ?? dModel / heads;
  const valueDim = metadata.integer(valueKey, range) ?? headDim;
  if (valueDim !== headDim) {
    throw new UnsupportedError(
      `Cannot open "${source.name}": expected values of ${headDim} dimensions like the keys: values of ${valueDim} are not supported yet`,
    );
  }
  if (headDim % 2 !== 0) {
    const culprit = stated === undefined ? `${name}.embedding_length` : key;
    throw wrong(metadata, culprit, "the head dimension must be even", headDim);
  }
  return headDim;
}

/** Features that change what a block computes. Ignoring one would be silently wrong. */
function refuseUnsupported({ metadata, source }: GgufFile, name: string): void {
  const refuse = (missing: string): never => {
    throw new UnsupportedError(
      `Cannot open "${source.name}": ${missing} not supported yet: use a model without`,
    );
  };
  const scaling = metadata.string(`${name}.rope.scaling.type`);
  if (scaling !== undefined && scaling !== "none") refuse("RoPE scaling is");
  for (const key of [`${name}.rope.scale_linear`, `${name}.rope.scaling.factor`]) {
    if ((metadata.float(key, { min: 0, max: 1e9 }) ?? 1) !== 1) refuse("RoPE scaling is");
  }
  if ((metadata.integer(`${name}.expert_count`, { min: 0, max: 65_536 }) ?? 0) > 0) {
    refuse("mixtures of experts are");
  }
  if (metadata.has(`${name}.attention.sliding_window`)) refuse("sliding-window attention is");
}

function wrong(metadata: Metadata, key: string, wanted: string, value: number): ModelFormatError {
  return new ModelFormatError(`${wanted}: current value is ${value}`, {
    offset: metadata.offsetOf(key),
    field: key,
  });
}

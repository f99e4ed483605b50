/**
 * Hyper-parameters out of `config.json`.
 *
 * Rotations are given as `rope_theta` with `rope_scaling`, or, since transformers 5,
 * as `rope_parameters`.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Rope } from "../../harness/contract/model.ts";
import { FAMILIES, type Family, familyNames } from "../families/mod.ts";
import { unrotatedBlocks } from "../families/family.ts";
import { MAX_CONTEXT, MAX_LAYERS, MAX_WIDTH } from "../gguf_config.ts";
import { visible } from "../gguf/visible.ts";
import { llama3Factors } from "../llama_3_factors.ts";
import { JsonFields } from "./json_fields.ts";

/** Hyper-parameters, in range and consistent with each other. */
export interface HuggingFaceConfig {
  readonly family: Family;
  readonly layerCount: number;
  readonly dModel: number;
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly context: number;
  readonly vocabSize: number;
  readonly normEpsilon: number;
  readonly tiedHead: boolean;
  readonly rope: Rope | undefined;
}

const PLACE = "config.json";

/**
 * Reads and checks the hyper-parameters.
 *
 * Errors: `InputError` for values that are missing, out of range or at odds with each
 * other; `UnsupportedError` for families and features that are not computed.
 */
export function readConfig(
  json: Record<string, unknown>,
  { name, contextCap = MAX_CONTEXT }: {
    readonly name: string;
    readonly contextCap?: number | undefined;
  },
): HuggingFaceConfig {
  const fields = new JsonFields(json, PLACE);
  const family = readFamily(fields, name);
  const names = family.huggingFace.config;
  refuseUnsupported(fields, { family, name });
  const count = (key: string, max: number = MAX_WIDTH): number =>
    fields.required(key, fields.integer(key, { min: 1, max }));
  const dModel = count(names.dModel);
  const heads = count(names.heads);
  const kvHeads = fields.integer("num_key_value_heads", { min: 1, max: MAX_WIDTH }) ?? heads;
  if (heads % kvHeads !== 0) throw fields.fault("num_key_value_heads", `a divisor of ${heads}`);
  const headDim = fields.integer("head_dim", { min: 1, max: MAX_WIDTH }) ?? dModel / heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    throw fields.fault(names.heads, `a divisor of ${dModel} that leaves an even number`);
  }
  const layerCount = count(names.layerCount, MAX_LAYERS);
  const stated = fields.integer(names.ffnSize, { min: 1, max: MAX_WIDTH });
  return {
    family,
    layerCount,
    dModel,
    ffnSize: family.learnedPositions
      ? stated ?? 4 * dModel
      : fields.required(names.ffnSize, stated),
    heads,
    kvHeads,
    headDim,
    context: count(names.context, contextCap),
    vocabSize: count("vocab_size", 1 << 22),
    normEpsilon: fields.required(
      names.normEpsilon,
      fields.number(names.normEpsilon, { min: 0, max: 1 }),
    ),
    tiedHead: fields.boolean("tie_word_embeddings") ?? family.learnedPositions,
    rope: family.learnedPositions
      ? undefined
      : readRope(fields, { family, layerCount, headDim, name }),
  };
}

function readFamily(fields: JsonFields, name: string): Family {
  const type = fields.required("model_type", fields.string("model_type"));
  const family = FAMILIES.find(({ huggingFace }) => huggingFace.modelType === type);
  if (family !== undefined) return family;
  throw new UnsupportedError(
    `Cannot open "${name}": expected a model of type ${familyNames()}: type "${
      visible(type)
    }" is not supported yet`,
  );
}

/** Features that change what a block computes. Ignoring one would be silently wrong. */
function refuseUnsupported(
  fields: JsonFields,
  { family, name }: { readonly family: Family; readonly name: string },
): void {
  const refuse = (what: string): never => {
    throw new UnsupportedError(`Cannot open "${name}": ${what} not supported yet`);
  };
  for (const key of ["attention_bias", "mlp_bias"]) {
    if (fields.boolean(key)) refuse(`"${key}" of family "${family.name}" is`);
  }
  if (fields.boolean("use_sliding_window")) refuse("sliding-window attention is");
  const function_ = fields.string("hidden_act") ?? fields.string("activation_function");
  const wanted = family.activation === "silu" ? ["silu", "swish"] : ["gelu_new"];
  if (function_ !== undefined && !wanted.includes(function_)) {
    refuse(`activation function "${visible(function_)}" is`);
  }
  for (const key of ["scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"]) {
    if (fields.boolean(key)) refuse(`"${key}" is`);
  }
  if (fields.boolean("scale_attn_weights") === false) refuse('"scale_attn_weights": false is');
}

function readRope(
  fields: JsonFields,
  { family, layerCount, headDim, name }: {
    readonly family: Family;
    readonly layerCount: number;
    readonly headDim: number;
    readonly name: string;
  },
): Rope {
  const scaling = fields.fields("rope_parameters") ?? fields.fields("rope_scaling");
  const bases = { min: 1, max: 1e12 };
  const base = scaling?.number("rope_theta", bases) ?? fields.number("rope_theta", bases) ?? 10_000;
  const kept = fields.list("no_rope_layers");
  const unrotated = family.unrotatedEvery === undefined || kept === undefined
    ? unrotatedBlocks(family, layerCount)
    : kept.flatMap((rotates, l) => rotates === 0 ? [l] : []);
  const rope: Rope = {
    base,
    dimensions: headDim,
    pairing: "halves",
    ...(unrotated.length === 0 ? {} : { exceptBlocks: unrotated }),
  };
  const kind = scaling?.string("rope_type") ?? scaling?.string("type") ?? "default";
  if (kind === "default") return rope;
  if (kind !== "llama3") {
    throw new UnsupportedError(
      `Cannot open "${name}": expected RoPE scaling of type "llama3" or none: type "${
        visible(kind)
      }" is not supported yet`,
    );
  }
  const number = (key: string): number =>
    scaling!.required(key, scaling!.number(key, { min: 1e-3, max: 1e9 }));
  const [low, high] = [number("low_freq_factor"), number("high_freq_factor")];
  if (low >= high) throw scaling!.fault("low_freq_factor", `a number < ${high}`);
  return {
    ...rope,
    factors: llama3Factors(rope, {
      factor: number("factor"),
      low,
      high,
      context: number("original_max_position_embeddings"),
    }),
  };
}

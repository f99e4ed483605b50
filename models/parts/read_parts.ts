/**
 * Trained parts from a safetensors file in the published layout.
 *
 * Every tensor must be one that the layout names, of the shape that it gives, and
 * every part must fit the base model's shapes; whether the opened model is the base
 * model is checked by {@linkcode partsFor}.
 *
 * @module
 */
import { ModelFormatError, UsageError } from "../../harness/contract/errors.ts";
import type { ByteSource, ModelInfo, StoredTensor } from "../../harness/contract/model.ts";
import type { ExitHead, NetworkStep, Probe, TrainedParts } from "../../harness/contract/parts.ts";
import { partName } from "../../harness/contract/signal.ts";
import { dequantize } from "../../harness/numerics/quantization/mod.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import { digestSource } from "../digest.ts";
import { visible } from "../gguf/visible.ts";
import type { SafetensorsLimits } from "../safetensors/limits.ts";
import { readSafetensors } from "../safetensors/read_safetensors.ts";
import { type LayoutPart, parsePartsLayout, PARTS_KEY, type PartsLayout } from "./layout.ts";

/** Bounds of a file of parts: they are held in memory as f32. */
export const PARTS_LIMITS: Partial<SafetensorsLimits> = {
  fileBytes: 256 << 20,
  headerBytes: 4 << 20,
};

/** A file of parts. */
export interface PartsFile {
  /** What it says of itself. */
  readonly layout: PartsLayout;
  /** The parts, with the file's digest. */
  readonly parts: TrainedParts;
  /** Numbers in the file. */
  readonly values: number;
}

/** Takes the tensors of a file one by one, each of a given shape. */
class TensorTaker {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #taken = new Set<string>();
  values = 0;

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.#tensors = tensors;
  }

  async take(name: string, shape: readonly number[]): Promise<Float32Array> {
    const tensor = this.#tensors.get(name);
    const wanted = `expected a tensor of shape [${shape.join(", ")}]`;
    if (tensor === undefined) {
      throw new ModelFormatError(`${wanted}: it is missing`, { offset: 8, field: name });
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new ModelFormatError(`${wanted}: current shape is [${tensor.shape.join(", ")}]`, {
        offset: 8,
        field: name,
      });
    }
    this.#taken.add(name);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    dequantize(tensor.type, await tensor.read(), values);
    this.values += values.length;
    return values;
  }

  /** Fails when a tensor belongs to no part. */
  end(): void {
    const left = [...this.#tensors.keys()].find((name) => !this.#taken.has(name));
    if (left !== undefined) {
      throw new ModelFormatError("expected a tensor of one of the parts: none has it", {
        offset: 8,
        field: visible(left),
      });
    }
  }
}

/** Reads and checks a file of parts. Rejects with `ModelFormatError`. */
export async function readParts(source: ByteSource): Promise<PartsFile> {
  const file = await readSafetensors(source, PARTS_LIMITS);
  const text = file.metadata.get(PARTS_KEY);
  if (text === undefined) {
    throw new ModelFormatError(`expected the layout of trained parts under "${PARTS_KEY}"`, {
      offset: 8,
      field: "__metadata__",
    });
  }
  const layout = parsePartsLayout(text);
  checkNames(layout);
  const taker = new TensorTaker(file.tensors);
  const probes: Probe[] = [];
  const heads: ExitHead[] = [];
  for (const part of layout.parts) {
    const name = nameOf(part);
    const { dModel, vocabSize } = layout.base;
    const { steps, outputs } = await readSteps(taker, part, dModel);
    if (part.kind === "probe") {
      probes.push({ name, steps, outputs });
      continue;
    }
    if (outputs !== dModel) throw wrongWidth(name, { outputs, dModel });
    heads.push({
      name,
      steps,
      unembedding: part.unembedding === "own"
        ? await taker.take(`${name}.unembedding`, [vocabSize, dModel])
        : "shared",
    });
  }
  taker.end();
  const digest = await digestSource(source);
  return { layout, parts: { digest, probes, heads }, values: taker.values };
}

function nameOf({ name, height }: LayoutPart): string {
  return height === undefined ? name : partName(name, { height, perHeight: true });
}

/** Names come once each, heights are the base model's. */
function checkNames({ parts, base }: PartsLayout): void {
  const seen = new Set<string>();
  for (const part of parts) {
    const key = nameOf(part);
    const wrong = seen.has(key)
      ? "expected each part once: it comes twice"
      : (part.height ?? 0) > base.layerCount
      ? `expected heights of 0 to ${base.layerCount}: current value is ${part.height}`
      : undefined;
    if (wrong !== undefined) {
      throw new ModelFormatError(wrong, { offset: 8, field: key });
    }
    seen.add(key);
  }
}

function wrongWidth(
  name: string,
  { outputs, dModel }: { readonly outputs: number; readonly dModel: number },
): ModelFormatError {
  return new ModelFormatError(
    `expected a head whose steps end with ${dModel} values, the model's width: they end with ${outputs}`,
    { offset: 8, field: name, limit: dModel },
  );
}

async function readSteps(
  taker: TensorTaker,
  part: LayoutPart,
  dModel: number,
): Promise<{ readonly steps: readonly NetworkStep[]; readonly outputs: number }> {
  const steps: NetworkStep[] = [];
  let width = dModel;
  for (const [i, step] of part.steps.entries()) {
    const at = (field: string, shape: readonly number[]) =>
      taker.take(`${nameOf(part)}.${i}.${field}`, shape);
    switch (step.kind) {
      case "linear": {
        const { kind, outputs } = step;
        const weight = await at("weight", [outputs, width]);
        const bias = step.bias ? await at("bias", [outputs]) : undefined;
        steps.push({ kind, weight, bias, outputs });
        width = outputs;
        break;
      }
      case "rmsNorm":
        steps.push({ ...step, weight: await at("weight", [width]) });
        break;
      case "activation":
        steps.push(step);
        break;
      case "residualLowRank": {
        const { rank } = step;
        const down = await at("down", [rank, width]);
        steps.push({ kind: step.kind, down, up: await at("up", [width, rank]), rank });
        break;
      }
    }
  }
  return { steps, outputs: width };
}

/** The parts for an opened model. Throws `UsageError` when it is not their base model. */
export function partsFor({ layout: { base }, parts }: PartsFile, model: ModelInfo): TrainedParts {
  if (base.digest === model.digest) return parts;
  const short = (digest: string) => digest.replace(/^.*:/, "").slice(0, 8);
  throw new UsageError(
    `Cannot use trained parts of model "${base.name}" (${short(base.digest)}): expected model ` +
      `"${model.name}" (${short(model.digest)}): train them on this one`,
  );
}

/** Parts of several files as one. Throws `UsageError` when two have a name in common. */
export function joinParts(files: readonly TrainedParts[]): TrainedParts | undefined {
  const [first, ...rest] = files;
  if (first === undefined || rest.length === 0) return first;
  const probes = files.flatMap((file) => file.probes);
  const heads = files.flatMap((file) => file.heads);
  for (const list of [probes, heads]) {
    const names = list.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) {
      throw new UsageError(
        `Cannot open trained parts together: expected different names: "${twice}" comes twice`,
      );
    }
  }
  const digests = files.map(({ digest }) => digest).sort();
  return { digest: `sha256:${sha256Hex(digests.join("\n"))}`, probes, heads };
}

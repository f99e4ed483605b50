/**
 * A model of any family out of a folder of Hugging Face files: tensors by role, with
 * their shapes checked against the configuration.
 *
 * Queries and keys are stored so that dimensions i and i + headDim / 2 of a head form
 * a rotary pair. GPT-2 stores matrices `[inputs, outputs]`, and query, key and value as
 * one: they are swapped when they are read.
 *
 * @module
 */
import { InputError, UnsupportedError } from "../../harness/contract/errors.ts";
import type {
  BlockRole,
  Checkpoint,
  GlobalRole,
  ModelInfo,
  StoredTensor,
} from "../../harness/contract/model.ts";
import { blockShape, globalShape } from "../../harness/contract/tensor_shapes.ts";
import { architectureOf, fusedRows } from "../families/family.ts";
import { visible } from "../gguf/visible.ts";
import { sliceRows, transposed } from "../tensor_view.ts";
import { tensorsOf } from "../tensors.ts";
import type { HuggingFaceConfig } from "./config.ts";

/** What some exports put before every name but the head's. */
const PREFIX = "transformer.";

/** Tensors and what they are checked against. */
export interface FolderModel {
  readonly name: string;
  readonly config: HuggingFaceConfig;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly digest: string;
}

/**
 * Finds every tensor and checks its shape.
 *
 * Errors: `InputError` for missing or misshapen tensors; `UnsupportedError` for
 * tensors of unknown meaning.
 */
export function folderCheckpoint({ name, config, tensors, digest }: FolderModel): Checkpoint {
  const { family } = config;
  const { huggingFace: names } = family;
  const info: ModelInfo = {
    name,
    family: family.name,
    layerCount: config.layerCount,
    dModel: config.dModel,
    ffnSize: config.ffnSize,
    gated: family.gated,
    heads: config.heads,
    kvHeads: config.kvHeads,
    headDim: config.headDim,
    vocabSize: config.vocabSize,
    tiedHead: config.tiedHead,
    context: config.context,
    digest,
  };
  const finder = new Finder(name, tensors);
  const globals = Object.fromEntries(
    family.globalRoles.map((role): [GlobalRole, StoredTensor] => {
      const stored = role === "output" && info.tiedHead ? "embedding" : role;
      return [role, finder.take(names.globals[stored]!, globalShape(info, role))];
    }),
  );
  if (info.tiedHead) finder.ignore(names.globals.output!);
  const blocks = Array.from({ length: info.layerCount }, (_, l) =>
    Object.fromEntries(
      family.blockRoles.map((role): [BlockRole, StoredTensor] => {
        const place = `${names.block}${l}.${names.blocks[role]!}`;
        return [role, blockTensor(role, { place, info, config, finder })];
      }),
    ));
  finder.refuseOthers(names.ignored);
  return {
    info,
    architecture: architectureOf(family, config),
    weightBytes: [...tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
    ...tensorsOf(globals, blocks),
  };
}

/** A block's tensor in the contract's order, `[outputs, inputs]`. */
function blockTensor(
  role: BlockRole,
  { place, info, config, finder }: {
    readonly place: string;
    readonly info: ModelInfo;
    readonly config: HuggingFaceConfig;
    readonly finder: Finder;
  },
): StoredTensor {
  const { family } = config;
  const shape = blockShape(info, role);
  const swapped = family.huggingFace.transposed && shape.length === 2;
  const fused = fusedRows(role, { family, info });
  const whole = fused === undefined ? shape : [fused.rows, ...shape.slice(1)];
  const stored = finder.take(place, swapped ? whole.toReversed() : whole);
  const tensor = swapped ? transposed(stored) : stored;
  return fused === undefined ? tensor : sliceRows(tensor, fused.from, fused.count);
}

/** Takes tensors by name and remembers which were taken. */
class Finder {
  readonly #name: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #used = new Set<string>();

  constructor(name: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.#name = name;
    this.#tensors = tensors;
  }

  take(wanted: string, shape: readonly number[]): StoredTensor {
    const name = this.#tensors.has(wanted) ? wanted : `${PREFIX}${wanted}`;
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) {
      throw new InputError(`Cannot open "${this.#name}": tensor "${wanted}" is missing`);
    }
    this.#used.add(name);
    const same = tensor.shape.length === shape.length &&
      shape.every((size, i) => tensor.shape[i] === size);
    if (same) return tensor;
    throw new InputError(
      `Cannot open "${this.#name}": tensor "${name}" must be [${
        shape.join(", ")
      }]: current value is [${tensor.shape.join(", ")}]`,
    );
  }

  ignore(name: string): void {
    this.#used.add(name);
  }

  refuseOthers(endings: readonly string[]): void {
    const stranger = [...this.#tensors.keys()].find((name) =>
      !this.#used.has(name) && !endings.some((ending) => name.endsWith(ending))
    );
    if (stranger === undefined) return;
    throw new UnsupportedError(
      `Cannot open "${this.#name}": tensor "${visible(stranger)}" is not supported yet`,
    );
  }
}

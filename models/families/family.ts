/**
 * A family of models: what its blocks compute and what its tensors are called, as
 * data. The block loop is shared by all of them.
 *
 * @module
 */
import type { Architecture, BlockRole, GlobalRole, Rope } from "../../harness/contract/model.ts";
import { blockShape, type ShapeInfo } from "../../harness/contract/tensor_shapes.ts";

/** Names of a family's tensors and hyper-parameters as Hugging Face stores them. */
export interface HuggingFaceNames {
  /** `model_type` of `config.json`. */
  readonly modelType: string;
  /** Names of the numbers in `config.json`. */
  readonly config: {
    readonly layerCount: string;
    readonly dModel: string;
    readonly heads: string;
    readonly context: string;
    readonly normEpsilon: string;
    /** Absent where the inner width is 4 · dModel unless said otherwise. */
    readonly ffnSize: string;
  };
  /** Tensors outside the blocks. */
  readonly globals: Readonly<Partial<Record<GlobalRole, string>>>;
  /** Tensors of block `l`, whose name begins with `block` and its number. */
  readonly block: string;
  /** What follows the number and a dot. */
  readonly blocks: Readonly<Partial<Record<BlockRole, string>>>;
  /** Whether matrices are stored `[inputs, outputs]`. */
  readonly transposed: boolean;
  /** Ends of names that hold no weights. */
  readonly ignored: readonly string[];
}

/** One family. */
export interface Family {
  /** Name, the `general.architecture` of GGUF files. */
  readonly name: string;
  /** Which normalization. */
  readonly norm: Architecture["norm"];
  /** Function of the MLP. */
  readonly activation: Architecture["activation"];
  /** Whether the MLP has a gate. */
  readonly gated: boolean;
  /** Whether positions are learned instead of rotated. */
  readonly learnedPositions: boolean;
  /** Tensors of a block. */
  readonly blockRoles: readonly BlockRole[];
  /** Tensors outside the blocks. */
  readonly globalRoles: readonly GlobalRole[];
  /** Pairs that turn together in GGUF files; `halves` in Hugging Face's. */
  readonly ggufPairing: Rope["pairing"];
  /** Whether one tensor holds the rows of query, key and value, in both formats. */
  readonly fused: boolean;
  /** Every how many blocks one does not rotate: n − 1, 2n − 1, …; none when absent. */
  readonly unrotatedEvery?: number;
  /** Names in Hugging Face's files. */
  readonly huggingFace: HuggingFaceNames;
}

/** Roles whose rows lie in one tensor where a family fuses them, in this order. */
const FUSED: readonly BlockRole[] = ["query", "key", "value"];

/** A tensor's place among the rows of the one that holds query, key and value. */
export interface FusedRows {
  /** Rows of the whole. */
  readonly rows: number;
  /** First row of the tensor. */
  readonly from: number;
  /** Its rows. */
  readonly count: number;
}

/** Where the rows of a role, a matrix or its bias, lie; `undefined` where it has a tensor to itself. */
export function fusedRows(
  role: BlockRole,
  { family, info }: { readonly family: Family; readonly info: ShapeInfo },
): FusedRows | undefined {
  const [owner] = role.split("Bias") as [BlockRole];
  const index = family.fused ? FUSED.indexOf(owner) : -1;
  if (index < 0) return undefined;
  const counts = FUSED.map((each) => blockShape(info, each)[0]!);
  const total = (parts: readonly number[]) => parts.reduce((sum, count) => sum + count, 0);
  return { rows: total(counts), from: total(counts.slice(0, index)), count: counts[index]! };
}

/** What the blocks of a model of a family compute. */
export function architectureOf(
  family: Family,
  { normEpsilon, rope }: Pick<Architecture, "normEpsilon" | "rope">,
): Architecture {
  return {
    family: family.name,
    norm: family.norm,
    normEpsilon,
    activation: family.activation,
    rope,
    blockRoles: family.blockRoles,
    globalRoles: family.globalRoles,
  };
}

/** Blocks that do not rotate, unless a configuration says otherwise. */
export function unrotatedBlocks({ unrotatedEvery }: Family, layerCount: number): number[] {
  const blocks = Array.from({ length: layerCount }, (_, l) => l);
  return blocks.filter((l) => unrotatedEvery !== undefined && (l + 1) % unrotatedEvery === 0);
}

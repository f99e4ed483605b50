/**
 * Weights from a checkpoint into the engine, packed for its kernels on the way.
 *
 * @module
 */
import type {
  BlockRole,
  Checkpoint,
  Rope,
  StoredTensor,
  TensorType,
} from "../../harness/contract/model.ts";
import { blockShape, globalShape } from "../../harness/contract/tensor_shapes.ts";
import { dequantize } from "../../harness/numerics/quantization/mod.ts";
import { checkTensor, ropeRows } from "../../harness/stepping/mod.ts";
import type { Engine } from "./kernel_module.ts";
import type { MemoryView } from "./memory_view.ts";

/** Kinds of wasm/src/matrix.rs. */
const KIND = { f32: 0, f16: 1, q8_0: 2, q4_0: 3, q4_1: 4 } as const;
/** Matrices of a block in the order of `session::ROLES`. */
const MATRICES: readonly BlockRole[] = [
  "query",
  "key",
  "value",
  "attentionOutput",
  "gate",
  "up",
  "down",
];
/** Vectors of a block in the order of `session::VECTORS`. */
const VECTORS: readonly BlockRole[] = [
  "attentionNorm",
  "attentionNormBias",
  "queryBias",
  "queryNorm",
  "keyBias",
  "keyNorm",
  "valueBias",
  "attentionOutputBias",
  "mlpNorm",
  "mlpNormBias",
  "upBias",
  "downBias",
];
/** Places of matrices outside the blocks, and of trained heads' from 3 on. */
export const GLOBAL_ROLE = { embedding: 0, output: 1, positions: 2, heads: 3 } as const;
/** Bytes staged at once. */
const STAGED = 1 << 20;

/** What weights are loaded into. */
export interface LoadTarget {
  /** The engine. */
  readonly engine: Engine;
  /** Its memory. */
  readonly view: MemoryView;
}

/** How weights were stored, for the record: `"q4_1"`, `"q5_1 as q8_0"`. */
export type StorageCounts = Map<string, number>;

/** Puts numbers into the staging room. */
export function stageFloats({ engine, view }: LoadTarget, ...parts: Float32Array[]): void {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  let at = engine.stage(4 * count);
  for (const part of parts) {
    view.floats(at, part.length).set(part);
    at += 4 * part.length;
  }
}

/** Reads a tensor's bytes and checks that they are as many as declared. */
async function readBytes(tensor: StoredTensor): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await tensor.read();
  if (bytes.length === tensor.byteLength) return bytes;
  throw new RangeError(
    `Cannot read tensor "${tensor.name}": expected ${tensor.byteLength} bytes: current value is ${bytes.length}`,
  );
}

/** How a tensor is held: as stored where kernels know it, else as Q8_0, or f32 to be exact. */
function kindOf(
  type: TensorType,
  exact: boolean,
): { kind: number; widened: boolean; text: string } {
  if (type in KIND) return { kind: KIND[type as keyof typeof KIND], widened: false, text: type };
  const held = exact ? "f32" : "q8_0";
  return { kind: KIND[held], widened: true, text: `${type} as ${held}` };
}

/** A matrix as the loader sees it. */
export interface Packing {
  /** Block, or the layer count for matrices outside the blocks. */
  readonly place: number;
  /** Index of its role there. */
  readonly role: number;
  /** Full precision wanted. */
  readonly exact: boolean;
}

/** Packs a matrix tensor; returns how it is held. */
export async function loadMatrix(
  target: LoadTarget,
  tensor: StoredTensor,
  { place, role, exact }: Packing,
): Promise<string> {
  const { engine, view } = target;
  const [rows, columns] = tensor.shape as readonly [number, number];
  const { kind, widened, text } = kindOf(tensor.type, exact);
  const bytes = await readBytes(tensor);
  const rowBytes = tensor.byteLength / rows;
  const chunk = Math.max(1, Math.floor(STAGED / (widened ? 4 * columns : rowBytes)));
  engine.begin_matrix(place, role, kind, rows, columns);
  for (let first = 0; first < rows; first += chunk) {
    const count = Math.min(chunk, rows - first);
    if (widened) {
      const values = new Float32Array(count * columns);
      dequantize(tensor.type, bytes, values, first * columns);
      stageFloats(target, values);
    } else {
      const part = bytes.subarray(first * rowBytes, (first + count) * rowBytes);
      const at = engine.stage(part.length);
      view.u8.set(part, at);
    }
    engine.pack(first, count, widened);
  }
  engine.end_matrix();
  return text;
}

async function loadVector(
  target: LoadTarget,
  tensor: StoredTensor,
  { place, role }: { readonly place: number; readonly role: number },
): Promise<void> {
  const values = new Float32Array(tensor.shape[0]!);
  dequantize(tensor.type, await readBytes(tensor), values);
  stageFloats(target, values);
  target.engine.set_vector(place, role, values.length);
}

/** Loads every tensor of a checkpoint, checked against its role. */
export async function loadWeights(
  target: LoadTarget,
  checkpoint: Checkpoint,
  exact: boolean,
): Promise<StorageCounts> {
  const { info, architecture } = checkpoint;
  const { blockRoles, globalRoles } = architecture;
  const outside = info.layerCount;
  const counts: StorageCounts = new Map();
  const matrix = async (tensor: StoredTensor, shape: readonly number[], packing: Packing) => {
    checkTensor(tensor, shape);
    const text = await loadMatrix(target, tensor, packing);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  };
  for (const role of ["embedding", "output", "positions"] as const) {
    if (!globalRoles.includes(role) || (role === "output" && info.tiedHead)) continue;
    const packing = { place: outside, role: GLOBAL_ROLE[role], exact };
    await matrix(checkpoint.tensor(role), globalShape(info, role), packing);
  }
  for (const [role, name] of (["outputNorm", "outputNormBias"] as const).entries()) {
    if (!globalRoles.includes(name)) continue;
    const tensor = checkpoint.tensor(name);
    checkTensor(tensor, globalShape(info, name));
    await loadVector(target, tensor, { place: outside, role });
  }
  for (let place = 0; place < info.layerCount; place++) {
    for (const [role, name] of MATRICES.entries()) {
      if (!blockRoles.includes(name)) continue;
      const tensor = checkpoint.blockTensor(place, name);
      await matrix(tensor, blockShape(info, name), { place, role, exact });
    }
    for (const [role, name] of VECTORS.entries()) {
      if (!blockRoles.includes(name)) continue;
      const tensor = checkpoint.blockTensor(place, name);
      checkTensor(tensor, blockShape(info, name));
      await loadVector(target, tensor, { place, role });
    }
  }
  return counts;
}

/** Loads the rotation's table, and tells which blocks do without. */
export function loadRope(target: LoadTarget, rope: Rope | undefined, context: number): void {
  if (rope === undefined) return;
  stageFloats(target, ropeRows(rope, context));
  target.engine.set_rope();
  for (const block of rope.exceptBlocks ?? []) target.engine.set_unrotated(block);
}

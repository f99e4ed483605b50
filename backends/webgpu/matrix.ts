/**
 * Matrices on the device: quantised as stored, in pieces that a binding can hold.
 *
 * Formats are packed for shaders/matmul.wgsl: four weights of a row lie together,
 * scales apart from them, rows padded with zeros to 32 columns.
 *
 * @module
 */
import type { StoredTensor, TensorType } from "../../harness/contract/model.ts";
import { dequantize, quantize } from "../../harness/numerics/quantization/mod.ts";
import type { DeviceMemory, Purpose } from "./device_memory.ts";

/** Formats that the shaders read, and their codes there. */
export const FORMAT = { f32: 0, f16: 1, q8_0: 2, q4_0: 3, q4_1: 4 } as const;
/** Name of a format. */
export type Format = keyof typeof FORMAT;

/** Columns of a block of packed formats, and of padding. */
const BLOCK = 32;
/** Bytes of a block as stored, and of its scales in front. */
const STORED: Readonly<Record<Format, { readonly bytes: number; readonly scale: number }>> = {
  f32: { bytes: 128, scale: 0 },
  f16: { bytes: 64, scale: 0 },
  "q8_0": { bytes: 34, scale: 2 },
  "q4_0": { bytes: 18, scale: 2 },
  "q4_1": { bytes: 20, scale: 4 },
};
/** Bytes packed and uploaded at once, about. */
const STAGED = 1 << 22;

/** Columns with their padding. */
export function padded(columns: number): number {
  return Math.ceil(columns / BLOCK) * BLOCK;
}

/** Some rows of a matrix. */
export interface Piece {
  /** First row. */
  readonly first: number;
  /** Number of rows. */
  readonly rows: number;
  /** Weights without their scales. */
  readonly weights: GPUBuffer;
  /** Scales; some zeros where the format has none. */
  readonly scales: GPUBuffer;
}

/** A matrix [rows, columns] on the device. */
export interface Matrix {
  /** How it is held. */
  readonly format: Format;
  /** Outputs. */
  readonly rows: number;
  /** Inputs. */
  readonly columns: number;
  /** Its pieces, in order. */
  readonly pieces: readonly Piece[];
}

/** How a tensor is held: as stored where shaders know it, else as Q8_0, or f32 to be exact. */
export function formatOf(
  type: TensorType,
  { columns, exact }: { readonly columns: number; readonly exact: boolean },
): Format {
  if (type in FORMAT) return type as Format;
  return exact || columns % BLOCK !== 0 ? "f32" : "q8_0";
}

/** Splits stored rows into weights and scales; `columns` of plain formats are padded. */
export function pack(
  format: Format,
  stored: Uint8Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): { readonly weights: Uint8Array<ArrayBuffer>; readonly scales: Uint8Array<ArrayBuffer> } {
  const { bytes, scale } = STORED[format];
  const blocks = padded(columns) / BLOCK;
  const body = bytes - scale;
  const weights = new Uint8Array(rows * blocks * body);
  const scales = new Uint8Array(rows * blocks * scale);
  if (scale === 0) {
    const width = columns * bytes / BLOCK;
    for (let row = 0; row < rows; row++) {
      weights.set(stored.subarray(row * width, (row + 1) * width), row * blocks * body);
    }
    return { weights, scales };
  }
  for (let block = 0; block < rows * blocks; block++) {
    const at = block * bytes;
    scales.set(stored.subarray(at, at + scale), block * scale);
    weights.set(stored.subarray(at + scale, at + bytes), block * body);
  }
  return { weights, scales };
}

/** What a matrix is put on. */
export interface MatrixTarget {
  /** The device's memory. */
  readonly memory: DeviceMemory;
  /** Largest bytes of a piece. */
  readonly pieceBytes: number;
  /** What it is counted for. */
  readonly purpose: Purpose;
  /** Full precision where a format must be changed. */
  readonly exact: boolean;
}

function bytesOf(values: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Puts a stored matrix on the device. */
export async function loadMatrix(
  { memory, pieceBytes, purpose, exact }: MatrixTarget,
  tensor: StoredTensor,
): Promise<Matrix> {
  const [rows, columns] = tensor.shape as readonly [number, number];
  const format = formatOf(tensor.type, { columns, exact });
  const bytes = await tensor.read();
  if (bytes.length !== tensor.byteLength) {
    throw new RangeError(
      `Cannot read tensor "${tensor.name}": expected ${tensor.byteLength} bytes: current value is ${bytes.length}`,
    );
  }
  const { bytes: blockBytes, scale } = STORED[format];
  const blocks = padded(columns) / BLOCK;
  const rowBytes = blocks * (blockBytes - scale);
  const storedRow = tensor.byteLength / rows;
  const perPiece = Math.max(1, Math.floor(pieceBytes / rowBytes));
  // Two rows at least, so that the halves of a word of scales arrive together.
  const staged = Math.max(2, 2 * Math.floor(STAGED / (8 * columns)));
  const pieces: Piece[] = [];
  for (let first = 0; first < rows; first += perPiece) {
    const count = Math.min(perPiece, rows - first);
    const weights = memory.create(tensor.name, count * rowBytes, purpose);
    const scales = memory.create(`${tensor.name}, scales`, count * blocks * scale, purpose);
    for (let done = 0; done < count; done += staged) {
      const part = Math.min(staged, count - done);
      const at = first + done;
      let stored: Uint8Array = bytes.subarray(at * storedRow, (at + part) * storedRow);
      if (format !== tensor.type) {
        const values = new Float32Array(part * columns);
        dequantize(tensor.type, bytes, values, at * columns);
        stored = format === "f32" ? bytesOf(values) : quantize(format, values);
      }
      const packed = pack(format, stored, { rows: part, columns });
      memory.upload(weights, done * rowBytes, packed.weights);
      if (scale > 0) memory.upload(scales, done * blocks * scale, evened(packed.scales));
    }
    pieces.push({ first, rows: count, weights, scales });
  }
  return { format, rows, columns, pieces };
}

/** Bytes in whole words. */
function evened(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length % 4 === 0) return bytes;
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

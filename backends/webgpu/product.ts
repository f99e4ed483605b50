/**
 * Products with a matrix, piece by piece, as calls that are bound once.
 *
 * @module
 */
import { Call, type Commands } from "./commands.ts";
import type { DeviceMemory } from "./device_memory.ts";
import type { KernelCache } from "./kernels.ts";
import { FORMAT, type Matrix, padded } from "./matrix.ts";

/** Outputs per line of workgroups: the limit of a dispatch is 65,535. */
export const ACROSS = 32768;
/** Rows that share one reading of the weights. */
const ROWS = 4;

/** What calls are made with. */
export interface DeviceParts {
  /** Buffers. */
  readonly memory: DeviceMemory;
  /** Pipelines. */
  readonly kernels: KernelCache;
  /** The queue. */
  readonly commands: Commands;
}

/** The parameters of a piece, as embed.wgsl, matmul.wgsl and subset_logits.wgsl have them. */
export function pieceParams(
  { memory }: DeviceParts,
  matrix: Matrix,
  { piece, stride }: { readonly piece: number; readonly stride: number },
): GPUBuffer {
  const { first, rows } = matrix.pieces[piece]!;
  const groups = padded(matrix.columns) / 4;
  return memory.uniform("piece", Uint32Array.of(rows, groups, first, stride));
}

/** Grid of `outputs` workgroups in lines. */
export function lines(outputs: number): readonly [x: number, y: number] {
  return outputs <= ACROSS ? [outputs, 1] : [ACROSS, Math.ceil(outputs / ACROSS)];
}

interface PieceCalls {
  readonly x: number;
  readonly y: number;
  readonly one: Call;
  readonly many: Call;
}

/** y = x · Wᵀ, or states += x · Wᵀ. */
export class Product {
  readonly #commands: Commands;
  readonly #pieces: readonly PieceCalls[];

  /** `x` [rows, padded columns] and `y` [rows, stride] give their buffers at any time. */
  constructor(
    parts: DeviceParts,
    matrix: Matrix,
    { x, y, stride, bias, add = false }: {
      readonly x: { readonly buffer: GPUBuffer };
      readonly y: { readonly buffer: GPUBuffer };
      readonly stride: number;
      /** Added to the outputs. */
      readonly bias?: GPUBuffer | undefined;
      readonly add?: boolean;
    },
  ) {
    this.#commands = parts.commands;
    const constants = {
      FORMAT: FORMAT[matrix.format],
      ADD: add ? 1 : 0,
      BIAS: bias ? 1 : 0,
      ACROSS,
    };
    this.#pieces = matrix.pieces.map(({ weights, scales, rows }, piece) => {
      const params = pieceParams(parts, matrix, { piece, stride });
      const buffers = () => [weights, scales, bias ?? scales, x.buffer, y.buffer, params];
      const call = (count: number): Call =>
        new Call(parts.kernels.get("matmul", { ...constants, ROWS: count }), buffers);
      const [width, height] = lines(rows);
      return { x: width, y: height, one: call(1), many: call(ROWS) };
    });
  }

  /** For the `rows` rows of a table. */
  run(rows: number, table: number): void {
    for (const { x, y, one, many } of this.#pieces) {
      if (rows === 1) this.#commands.dispatch(one, table, x, y, 1);
      else this.#commands.dispatch(many, table, x, y, Math.ceil(rows / ROWS));
    }
  }
}

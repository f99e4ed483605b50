/**
 * Work that the device itself lets through or not: grids of dispatches that a rule
 * empties or fills.
 *
 * @module
 */
import type { DeviceMemory } from "./device_memory.ts";

/** Different grids at most. */
export const GRIDS = 128;
/** Bytes of a grid: x, y, z. */
const GRID_BYTES = 12;

/** Whose turn it is: rows that run on, or rows that have left. */
export type Side = "running" | "filling";

/** The grids of one session. */
export class Gate {
  /** All grids, whole [GRIDS, 3]. */
  readonly grids: GPUBuffer;
  /** The grids as rules leave them [2, GRIDS, 3]: running, filling. */
  readonly args: GPUBuffer;
  /** Whether the row left, and at which height. */
  readonly left: GPUBuffer;
  readonly #memory: DeviceMemory;
  readonly #places: Map<string, number> = new Map();

  /** No grid is known yet. */
  constructor(device: GPUDevice, memory: DeviceMemory) {
    this.#memory = memory;
    this.grids = memory.create("grids", GRIDS * GRID_BYTES, "scratch");
    this.left = memory.create("left", 8, "scratch");
    this.args = device.createBuffer({
      label: "gated grids",
      size: 2 * GRIDS * GRID_BYTES,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST,
    });
  }

  /** Byte offset of a grid in {@linkcode args}. */
  offset(side: Side, x: number, y: number, z: number): number {
    const key = `${x} ${y} ${z}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#places.size;
      if (place === GRIDS) {
        throw new RangeError(`Cannot gate work on backend "webgpu": more than ${GRIDS} grids`);
      }
      this.#places.set(key, place);
      this.#memory.upload(this.grids, place * GRID_BYTES, Uint32Array.of(x, y, z));
    }
    return (side === "running" ? place : GRIDS + place) * GRID_BYTES;
  }

  /** Bytes of one side. */
  get sideBytes(): number {
    return GRIDS * GRID_BYTES;
  }

  /** Frees what is not counted. */
  close(): void {
    this.args.destroy();
  }
}

/**
 * Work for the device, collected until it is submitted: dispatches with their
 * tables, copies, and the one buffer through which results come back.
 *
 * @module
 */
import { DeviceLostError } from "../../harness/contract/errors.ts";
import type { DeviceMemory } from "./device_memory.ts";
import { Gate, type Side } from "./gate.ts";
import type { Kernel } from "./kernels.ts";

/** Rows of a table. */
export const TABLE_ROWS = 512;
/** Words in front of a table's rows, and per row. */
export const TABLE_WORDS = 4;
/** Bytes of a table that shaders may see. */
const TABLE_BYTES = 4 * TABLE_WORDS * (1 + TABLE_ROWS);
/** Bytes of tables per submission. */
const ARENA_BYTES = 1 << 18;
/** Dispatches per submission that wait for nobody, at most. */
const DISPATCHES = 4096;

/** What was done, for tests and records. */
export interface Counts {
  /** Command buffers handed over. */
  submissions: number;
  /** Times that the host waited for the device. */
  waits: number;
  /** Bytes written to the device after loading. */
  uploadedBytes: number;
  /** Workgroup grids started. */
  dispatches: number;
}

/** A kernel with its buffers; bound again when one of them was replaced. */
export class Call {
  readonly #kernel: Kernel;
  readonly #buffers: () => readonly GPUBuffer[];
  #group: GPUBindGroup | undefined;
  #version = -1;

  /** `buffers` in the order of the shader's bindings, without the table. */
  constructor(kernel: Kernel, buffers: () => readonly GPUBuffer[]) {
    this.#kernel = kernel;
    this.#buffers = buffers;
  }

  /** The kernel. */
  get kernel(): Kernel {
    return this.#kernel;
  }

  /** Its bind group. */
  group(
    device: GPUDevice,
    { version, tables }: { version: number; tables: GPUBuffer },
  ): GPUBindGroup {
    if (this.#group !== undefined && this.#version === version) return this.#group;
    const entries: GPUBindGroupEntry[] = this.#buffers()
      .map((buffer, binding) => ({ binding, resource: { buffer } }));
    if (this.#kernel.hasTable) {
      const resource = { buffer: tables, size: TABLE_BYTES };
      entries.push({ binding: entries.length, resource });
    }
    const { name, layout } = this.#kernel;
    this.#version = version;
    return this.#group = device.createBindGroup({ label: name, layout, entries });
  }
}

/** The queue of one session. */
export class Commands {
  /** What was done so far. */
  readonly counts: Counts = { submissions: 0, waits: 0, uploadedBytes: 0, dispatches: 0 };
  /** Words of the tables of this submission. */
  readonly words: Int32Array<ArrayBuffer> = new Int32Array(ARENA_BYTES / 4);
  /** Grids that rules empty or fill. */
  readonly gate: Gate;
  /** Gates what is dispatched from now on; free when undefined. */
  side: Side | undefined;
  readonly #device: GPUDevice;
  readonly #memory: DeviceMemory;
  readonly #tables: GPUBuffer;
  readonly #alignment: number;
  readonly #bindState: { version: number; tables: GPUBuffer };
  readonly #offset: Uint32Array = new Uint32Array(1);
  #used = 0;
  #sinceSubmit = 0;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #staging: GPUBuffer | undefined;
  #lost: string | undefined;
  #fault: string | undefined;

  readonly #complain = (event: Event): void => {
    event.preventDefault();
    this.#fault ??= (event as GPUUncapturedErrorEvent).error.message;
  };

  /** On a device. */
  constructor(device: GPUDevice, memory: DeviceMemory) {
    this.#device = device;
    this.#memory = memory;
    this.gate = new Gate(device, memory);
    this.#alignment = Math.max(16, device.limits.minStorageBufferOffsetAlignment);
    this.#tables = memory.create("tables", ARENA_BYTES + TABLE_BYTES, "scratch");
    this.#bindState = { version: 0, tables: this.#tables };
    device.lost.then(({ reason, message }) => {
      this.#lost = message === "" ? reason : message;
    });
    device.addEventListener("uncapturederror", this.#complain);
  }

  /**
   * Opens a table of `rows` rows and returns its byte offset; the caller writes
   * {@linkcode Commands.words} from a quarter of it on. Tables stay where they are
   * until the next submission, so whoever wants several asks for room first.
   */
  table(rows: number): number {
    const bytes = 4 * TABLE_WORDS * (1 + rows);
    if (this.#isFull(bytes)) this.submit();
    const offset = this.#used;
    this.#used += Math.ceil(bytes / this.#alignment) * this.#alignment;
    return offset;
  }

  #isFull(bytes: number): boolean {
    return this.#used + bytes + this.#alignment > ARENA_BYTES;
  }

  /**
   * Submits first when tables of so many bytes would not fit any more; those that
   * are asked for next then stay together.
   */
  makeRoom(bytes: number): void {
    if (this.#isFull(bytes) || this.#sinceSubmit > DISPATCHES) this.submit();
  }

  /** Bytes that a table of so many rows takes. */
  tableBytes(rows: number): number {
    return 4 * TABLE_WORDS * (1 + rows) + this.#alignment;
  }

  #commands(): GPUCommandEncoder {
    return this.#encoder ??= this.#device.createCommandEncoder({ label: "step" });
  }

  /** Starts a grid of workgroups. */
  dispatch(call: Call, table: number, x: number, y = 1, z = 1): void {
    this.#pass ??= this.#commands().beginComputePass({ label: "step" });
    this.#bindState.version = this.#memory.version;
    const group = call.group(this.#device, this.#bindState);
    this.#pass.setPipeline(call.kernel.pipeline);
    if (call.kernel.hasTable) {
      this.#offset[0] = table;
      this.#pass.setBindGroup(0, group, this.#offset, 0, 1);
    } else this.#pass.setBindGroup(0, group);
    if (this.side === undefined) this.#pass.dispatchWorkgroups(x, y, z);
    else {
      const { args } = this.gate;
      this.#pass.dispatchWorkgroupsIndirect(args, this.gate.offset(this.side, x, y, z));
    }
    this.#sinceSubmit++;
    this.counts.dispatches++;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  /** Copies bytes from one buffer to another. */
  copy(
    to: { readonly buffer: GPUBuffer; readonly at: number },
    from: { readonly buffer: GPUBuffer; readonly at: number },
    bytes: number,
  ): void {
    this.#endPass();
    this.#commands().copyBufferToBuffer(from.buffer, from.at, to.buffer, to.at, bytes);
  }

  /** Zeroes bytes of a buffer. */
  clear(buffer: GPUBuffer, at: number, bytes: number): void {
    this.#endPass();
    this.#commands().clearBuffer(buffer, at, bytes);
  }

  /** Hands everything over. */
  submit(): void {
    if (this.#encoder === undefined) return;
    this.#endPass();
    this.#requireDevice();
    if (this.#used > 0) {
      const bytes = this.#used;
      this.#device.queue.writeBuffer(this.#tables, 0, this.words.buffer, 0, bytes);
      this.counts.uploadedBytes += bytes;
    }
    this.#device.queue.submit([this.#encoder.finish({ label: "step" })]);
    this.#encoder = undefined;
    this.#used = 0;
    this.#sinceSubmit = 0;
    this.counts.submissions++;
    this.#memory.submitted();
  }

  /** Submits, with copies of `parts` to the host, and waits; the view is valid during `take`. */
  async read(
    parts: readonly { readonly buffer: GPUBuffer; readonly at: number; readonly bytes: number }[],
    take: (words: ArrayBuffer) => void,
  ): Promise<void> {
    const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    const staging = this.#stage(total);
    let at = 0;
    for (const part of parts) {
      if (part.bytes > 0) this.copy({ buffer: staging, at }, part, part.bytes);
      at += part.bytes;
    }
    this.submit();
    this.counts.waits++;
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, total);
    } catch (cause) {
      await new Promise((resolve) => setTimeout(resolve)); // news of a loss may come behind
      this.#requireDevice();
      throw new Error("Cannot read from the device: its buffer could not be mapped", { cause });
    }
    this.#requireDevice();
    try {
      take(staging.getMappedRange(0, total));
    } finally {
      staging.unmap();
    }
  }

  #stage(bytes: number): GPUBuffer {
    if (this.#staging !== undefined && this.#staging.size >= bytes) return this.#staging;
    this.#staging?.destroy();
    return this.#staging = this.#device.createBuffer({
      label: "results",
      size: Math.max(4096, 2 ** Math.ceil(Math.log2(bytes))),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /** Throws where the device is gone or has complained. */
  #requireDevice(): void {
    if (this.#lost !== undefined) {
      throw new DeviceLostError(
        `Cannot go on with backend "webgpu": the device was lost (${this.#lost}): run the same command again, what is stored is kept`,
      );
    }
    if (this.#fault !== undefined) {
      const fault = this.#fault;
      this.#fault = undefined;
      throw new Error(`Cannot go on with backend "webgpu": the device refused work: ${fault}`);
    }
  }

  /** Frees what is not counted. */
  close(): void {
    this.#endPass();
    this.#encoder = undefined;
    this.#staging?.destroy();
    this.gate.close();
    this.#device.removeEventListener("uncapturederror", this.#complain);
  }
}

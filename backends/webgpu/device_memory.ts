/**
 * Buffers on the device: counted, labelled, checked against its limits.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";

/** What bytes are counted for. */
export type Purpose = "weights" | "parts" | "kv" | "scratch";

/** Buffers of one session. */
export class DeviceMemory {
  /** Grows whenever a buffer that is bound somewhere was replaced by another. */
  version = 0;
  /** Bytes held now. */
  readonly bytes: Record<Purpose, number> = { weights: 0, parts: 0, kv: 0, scratch: 0 };
  /** Bytes of the largest buffer that a shader can see. */
  readonly largest: number;
  readonly #device: GPUDevice;
  readonly #buffers: Set<GPUBuffer> = new Set();
  readonly #replaced: GPUBuffer[] = [];

  /** On a device. */
  constructor(device: GPUDevice) {
    this.#device = device;
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    this.largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** A buffer of at least `bytes` zeros that shaders and copies read and write. */
  create(label: string, bytes: number, purpose: Purpose): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.largest) {
      throw new UnsupportedError(
        `Cannot make room for ${label} on backend "webgpu": a buffer must be <= ${this.largest} bytes: current value is ${size}: shorten the context, take fewer rows, or pass --backend wasm`,
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#device.createBuffer({ label, size, usage });
    this.#buffers.add(buffer);
    this.bytes[purpose] += size;
    return buffer;
  }

  /** A uniform buffer with these numbers. */
  uniform(label: string, words: Uint32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.#device.createBuffer({
      label,
      size: Math.ceil(words.byteLength / 16) * 16,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#device.queue.writeBuffer(buffer, 0, words);
    this.#buffers.add(buffer);
    return buffer;
  }

  /** Puts numbers into a buffer at a byte offset. */
  upload(buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Gives a buffer up once the commands that name it are submitted. */
  replace(buffer: GPUBuffer, purpose: Purpose): void {
    this.bytes[purpose] -= buffer.size;
    this.#buffers.delete(buffer);
    this.#replaced.push(buffer);
    this.version++;
  }

  /** Called after each submission. */
  submitted(): void {
    for (const buffer of this.#replaced) buffer.destroy();
    this.#replaced.length = 0;
  }

  /** Frees everything. */
  close(): void {
    this.submitted();
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
  }
}

/** A buffer that grows; what it held is lost unless the owner copies it. */
export class Room {
  /** The buffer now. */
  buffer: GPUBuffer;
  readonly #memory: DeviceMemory;
  readonly #label: string;
  readonly #purpose: Purpose;

  /** Room for `bytes` at first. */
  constructor(
    memory: DeviceMemory,
    { label, bytes, purpose = "scratch" }: {
      readonly label: string;
      readonly bytes: number;
      readonly purpose?: Purpose;
    },
  ) {
    this.#memory = memory;
    this.#label = label;
    this.#purpose = purpose;
    this.buffer = memory.create(label, bytes, purpose);
  }

  /** Makes room; returns the buffer before when there is a new one, to be copied from now. */
  reserve(bytes: number): GPUBuffer | undefined {
    const before = this.buffer;
    if (bytes <= before.size) return undefined;
    const wanted = Math.min(Math.max(bytes, 2 * before.size), this.#memory.largest);
    this.buffer = this.#memory.create(this.#label, Math.max(bytes, wanted), this.#purpose);
    this.#memory.replace(before, this.#purpose);
    return before;
  }
}

/**
 * Residual states on the device: embeddings, copies, and tokens that stay there.
 *
 * @module
 */
import type { EmbeddedRows } from "../../harness/stepping/mod.ts";
import { Call, TABLE_ROWS, TABLE_WORDS } from "./commands.ts";
import { Room } from "./device_memory.ts";
import { FORMAT, type Matrix, padded } from "./matrix.ts";
import { type DeviceParts, pieceParams } from "./product.ts";

/** Tokens that a step may keep on the device. */
const KEPT = 1024;

/** States of one session, [.., padded dModel]. */
export class States {
  /** Where they lie. */
  readonly room: Room;
  readonly #parts: DeviceParts;
  readonly #stride: number;
  /** Tokens kept by this step and the last, in two halves. */
  readonly #kept: GPUBuffer;
  readonly #embeds: readonly Call[];
  readonly #positions: readonly Call[];
  readonly #copies: Call;
  #half = 0;
  #keptCount = 0;

  /** Embedded by a matrix [vocabSize, dModel], and one [context, dModel] where positions are learned. */
  constructor(parts: DeviceParts, embedding: Matrix, positions: Matrix | undefined) {
    this.#parts = parts;
    const { memory, kernels } = parts;
    this.#stride = padded(embedding.columns);
    this.room = new Room(memory, { label: "states", bytes: 4 * this.#stride });
    this.#kept = memory.create("kept tokens", 2 * 4 * KEPT, "scratch");
    const callsOf = (matrix: Matrix, add: number): readonly Call[] =>
      matrix.pieces.map((piece, index) => {
        const params = pieceParams(parts, matrix, { piece: index, stride: this.#stride });
        return new Call(
          kernels.get("embed", { FORMAT: FORMAT[matrix.format], ADD: add }),
          () => [piece.weights, piece.scales, this.#kept, this.room.buffer, params],
        );
      });
    this.#embeds = callsOf(embedding, 0);
    this.#positions = positions === undefined ? [] : callsOf(positions, 1);
    const params = memory.uniform("states", Uint32Array.of(this.#stride, 0, 0, 0));
    this.#copies = new Call(kernels.get("copyStates"), () => [this.room.buffer, params]);
  }

  /** A new step begins: tokens kept before the last one are forgotten. */
  beginStep(): void {
    this.#half = 1 - this.#half;
    this.#keptCount = 0;
  }

  /** See `StepEngine.reserveStates`. */
  reserve(count: number): void {
    const before = this.room.reserve(4 * count * this.#stride);
    if (before === undefined) return;
    const to = { buffer: this.room.buffer, at: 0 };
    this.#parts.commands.copy(to, { buffer: before, at: 0 }, before.size);
  }

  /** See `StepEngine.copyStates`. */
  copy(to: Int32Array, from: Int32Array, count: number): void {
    this.#pairs(to, from, count, [this.#copies]);
  }

  /** See `StepEngine.embed`. */
  embed(states: Int32Array, { tokens, positions, count }: EmbeddedRows): void {
    this.#pairs(states, tokens, count, this.#embeds);
    if (this.#positions.length > 0) this.#pairs(states, positions, count, this.#positions);
  }

  /** Calls kernels on tables of two columns. */
  #pairs(first: Int32Array, second: Int32Array, count: number, calls: readonly Call[]): void {
    const { commands } = this.#parts;
    for (let from = 0; from < count; from += TABLE_ROWS) {
      const rows = Math.min(TABLE_ROWS, count - from);
      const table = commands.table(rows);
      const { words } = commands;
      let at = table / 4;
      words[at] = rows;
      for (let i = from; i < from + rows; i++) {
        at += TABLE_WORDS;
        words[at] = first[i]!;
        words[at + 1] = second[i]!;
      }
      for (const call of calls) commands.dispatch(call, table, rows);
    }
  }

  /** Keeps the token at a byte offset of a buffer; returns its code for `embed`. */
  keep(buffer: GPUBuffer, at: number): number {
    if (this.#keptCount === KEPT) {
      throw new RangeError(
        `Cannot keep a token on backend "webgpu": a step may pick ${KEPT}: read them instead`,
      );
    }
    const place = this.#half * KEPT + this.#keptCount++;
    this.#parts.commands.copy({ buffer: this.#kept, at: 4 * place }, { buffer, at }, 4);
    return -1 - place;
  }
}

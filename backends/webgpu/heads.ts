/**
 * Heads and probes on the device: logits and their reductions, subsets of the
 * vocabulary.
 *
 * @module
 */
import type { Checkpoint } from "../../harness/contract/model.ts";
import type { TrainedParts } from "../../harness/contract/parts.ts";
import {
  ASIDE_ROW,
  type HeadBatch,
  HELD_ROWS,
  type IdRange,
  SUBSET_ROW,
} from "../../harness/stepping/mod.ts";
import { Call, TABLE_ROWS } from "./commands.ts";
import { Room } from "./device_memory.ts";
import { REDUCTION_WORDS } from "./fetch.ts";
import { FORMAT, type Matrix, padded } from "./matrix.ts";
import { Network, type NetworkRooms, widest } from "./network.ts";
import { writeTable } from "./row_tables.ts";
import { ACROSS, type DeviceParts, lines, pieceParams, Product } from "./product.ts";
import type { Weights } from "./weights.ts";

/** What heads work with. */
export interface HeadParts extends DeviceParts {
  /** The model. */
  readonly checkpoint: Checkpoint;
  /** Its weights. */
  readonly weights: Weights;
  /** Residual states [.., padded dModel]. */
  readonly states: Room;
  /** Trained parts. */
  readonly parts: TrainedParts | undefined;
  /** Own unembeddings of trained heads, in their order; absent where they share the model's. */
  readonly unembeddings: readonly (Matrix | undefined)[];
}

/** One head: what is done in front of the unembedding, and the unembedding. */
interface Head {
  readonly network: Network | undefined;
  readonly matrix: Matrix;
  readonly product: Product;
  readonly subset: readonly Call[];
}

/** Where a row of logits lies. */
export interface Place {
  /** The buffer. */
  readonly room: Room;
  /** Numbers in front of it. */
  readonly at: number;
}

/** Heads of one model. */
export class Heads {
  /** Cells of results. */
  readonly cells: Room;
  /** Reductions [entries, {@linkcode REDUCTION_WORDS}]. */
  readonly reductions: Room;
  readonly #parts: HeadParts;
  readonly #heads: readonly Head[];
  readonly #probes: readonly Network[];
  readonly #rooms: NetworkRooms;
  readonly #stride: number;
  readonly #vocabStride: number;
  readonly #inputs: Room;
  readonly #logits: Room;
  readonly #subset: Room;
  readonly #aside: Room;
  readonly #ids: Room;
  readonly #norm: Call;
  readonly #each: Call;
  readonly #mean: Call;
  readonly #reduce: Call;
  readonly #reduceSubset: Call;
  readonly #topK: Call;
  readonly #topKWithin: Call;

  /** Makes the calls of every head and probe. */
  constructor(parts: HeadParts) {
    this.#parts = parts;
    const { memory, kernels, states, weights, checkpoint: { info, architecture } } = parts;
    const { dModel, vocabSize } = info;
    this.#stride = padded(dModel);
    this.#vocabStride = padded(vocabSize);
    const rows = (label: string, count: number, stride: number): Room =>
      new Room(memory, { label, bytes: 4 * count * stride });
    this.#inputs = rows("inputs of heads", HELD_ROWS, this.#stride);
    this.#logits = rows("logits", HELD_ROWS, this.#vocabStride);
    this.#subset = rows("logits over a subset", 1, this.#vocabStride);
    this.#aside = rows("logits set aside", 1, this.#vocabStride);
    this.#ids = rows("ids of subsets", 1, 256);
    this.cells = rows("cells", 1, 256);
    this.reductions = rows("reductions", 64, REDUCTION_WORDS);
    const trained = parts.parts?.heads ?? [];
    const probes = parts.parts?.probes ?? [];
    const width = [...trained, ...probes]
      .reduce((most, { steps }) => Math.max(most, widest(steps, dModel)), dModel);
    this.#rooms = {
      stride: padded(width),
      input: rows("input of networks", HELD_ROWS, padded(width)),
      other: rows("outputs of networks", HELD_ROWS, padded(width)),
    };
    const networkOf = (
      { steps, name }: { steps: TrainedParts["heads"][number]["steps"]; name: string },
    ): Network => new Network(parts, steps, { inputs: dModel, rooms: this.#rooms, name });
    this.#probes = probes.map((probe) => requireOutputs(networkOf(probe), probe));
    const head = (matrix: Matrix, network: Network | undefined): Head => ({
      matrix,
      network,
      product: new Product(parts, matrix, {
        x: this.#inputs,
        y: this.#logits,
        stride: this.#vocabStride,
      }),
      subset: this.#subsetCalls(matrix),
    });
    this.#heads = [
      head(weights.output, undefined),
      ...trained.map((each, i) =>
        head(
          parts.unembeddings[i] ?? weights.output,
          requireOutputs(networkOf(each), { name: each.name, outputs: dModel }),
        )
      ),
    ];
    const norm = Uint32Array.of(dModel, 0, this.#stride, this.#stride);
    new Float32Array(norm.buffer)[1] = architecture.normEpsilon;
    const normParams = memory.uniform("output norm", norm);
    this.#norm = new Call(
      kernels.get("norm", { GATHER: 1, LAYER: architecture.norm === "layer" ? 1 : 0 }),
      () => [
        states.buffer,
        weights.outputNorm,
        weights.outputNormBias,
        this.#inputs.buffer,
        normParams,
      ],
    );
    const mean = Uint32Array.of(dModel, this.#stride, this.#rooms.stride, 0);
    const meanParams = memory.uniform("mean", mean);
    const gather = (each: number): Call =>
      new Call(
        kernels.get("meanStates", { EACH: each }),
        () => [states.buffer, this.#rooms.input.buffer, meanParams],
      );
    this.#each = gather(1);
    this.#mean = gather(0);
    const reduceParams = memory.uniform("logits", Uint32Array.of(this.#vocabStride, 0, 0, 0));
    const reduce = (z: Room, subset: number): Call =>
      new Call(
        kernels.get("reduceLogits", { SUBSET: subset }),
        () => [z.buffer, this.#ids.buffer, this.reductions.buffer, reduceParams],
      );
    this.#reduce = reduce(this.#logits, 0);
    this.#reduceSubset = reduce(this.#subset, 1);
    this.#topK = new Call(
      kernels.get("topK", { SUBSET: 0 }),
      () => [this.#logits.buffer, this.#ids.buffer],
    );
    this.#topKWithin = new Call(
      kernels.get("topK", { SUBSET: 1 }),
      () => [this.#subset.buffer, this.#ids.buffer],
    );
  }

  #subsetCalls(matrix: Matrix): readonly Call[] {
    const { kernels } = this.#parts;
    const kernel = kernels.get("subsetLogits", { FORMAT: FORMAT[matrix.format], ACROSS });
    return matrix.pieces.map(({ weights, scales }, piece) => {
      const params = pieceParams(this.#parts, matrix, { piece, stride: 0 });
      return new Call(kernel, () => [
        weights,
        scales,
        this.#inputs.buffer,
        this.#ids.buffer,
        this.#subset.buffer,
        params,
      ]);
    });
  }

  /** Room for the reductions of so many entries; what is there stays. */
  reserveEntries(count: number): void {
    const before = this.reductions.reserve(4 * REDUCTION_WORDS * count);
    if (before === undefined) return;
    const to = { buffer: this.reductions.buffer, at: 0 };
    this.#parts.commands.copy(to, { buffer: before, at: 0 }, before.size);
  }

  /** Writes the unembedding's inputs of the states of a table. */
  #prepare(head: Head, rows: number, table: number): void {
    const { commands, kernels, checkpoint: { info: { dModel } } } = this.#parts;
    if (head.network === undefined) {
      commands.dispatch(this.#norm, table, rows);
      return;
    }
    commands.dispatch(this.#each, table, Math.ceil(dModel / kernels.lanes), rows);
    head.network.run(rows, table);
    for (let row = 0; row < rows; row++) {
      commands.copy(
        { buffer: this.#inputs.buffer, at: 4 * row * this.#stride },
        { buffer: head.network.output.buffer, at: 4 * row * this.#rooms.stride },
        4 * dModel,
      );
    }
  }

  /** See `StepEngine.logits`. */
  logits(index: number, { count, states, entries }: HeadBatch): void {
    const { commands, checkpoint: { info: { vocabSize } } } = this.#parts;
    const head = this.#heads[index]!;
    const table = writeTable(commands, [count, vocabSize], [states, entries], count);
    this.#prepare(head, count, table);
    head.product.run(count, table);
    commands.dispatch(this.#reduce, table, count);
  }

  /** See `StepEngine.subsetLogits`. */
  subsetLogits(
    index: number,
    state: number,
    { first, count, entry }: IdRange & { readonly entry: number },
  ): void {
    const { commands } = this.#parts;
    const head = this.#heads[index]!;
    commands.makeRoom(2 * commands.tableBytes(1));
    const table = writeTable(commands, [1], [[state]], 1);
    this.#prepare(head, 1, table);
    const listed = writeTable(commands, [count, first], [], 0);
    const [x, y] = lines(count);
    for (const call of head.subset) commands.dispatch(call, listed, x, y);
    const reduced = writeTable(commands, [1, count, first], [[0], [entry]], 1);
    commands.dispatch(this.#reduceSubset, reduced, 1);
  }

  /** Where a row of logits lies. */
  place(row: number): Place {
    if (row === SUBSET_ROW) return { room: this.#subset, at: 0 };
    if (row === ASIDE_ROW) return { room: this.#aside, at: 0 };
    return { room: this.#logits, at: row * this.#vocabStride };
  }

  /** See `StepEngine.select`. */
  select(row: number, { first, count }: IdRange, within: IdRange | undefined): void {
    const { commands, checkpoint: { info: { vocabSize } } } = this.#parts;
    const before = this.#ids.reserve(4 * (first + count));
    if (before !== undefined) {
      commands.copy({ buffer: this.#ids.buffer, at: 0 }, { buffer: before, at: 0 }, before.size);
    }
    const { at } = this.place(row);
    const table = writeTable(commands, [count, within?.count ?? vocabSize, at, first], [[
      within?.first ?? 0,
    ]], 1);
    commands.dispatch(within === undefined ? this.#topK : this.#topKWithin, table, 1);
  }

  /** Ids of a range as u32 into cells. */
  keepIds({ first, count }: IdRange, cell: number): void {
    const to = { buffer: this.cells.buffer, at: 4 * cell };
    this.#parts.commands.copy(to, { buffer: this.#ids.buffer, at: 4 * first }, 4 * count);
  }

  /** See `StepEngine.probe`. */
  probe(
    index: number,
    { states, count }: { readonly states: Int32Array; readonly count: number },
    cell: number,
  ): void {
    const { commands, kernels, checkpoint: { info: { dModel } } } = this.#parts;
    if (count > TABLE_ROWS) {
      throw new RangeError(
        `Cannot run a probe on backend "webgpu": a group must have <= ${TABLE_ROWS} rows: current value is ${count}`,
      );
    }
    const probe = this.#probes[index]!;
    const table = writeTable(commands, [count], [states], count);
    commands.dispatch(this.#mean, table, Math.ceil(dModel / kernels.lanes));
    probe.run(1, table);
    const to = { buffer: this.cells.buffer, at: 4 * cell };
    commands.copy(to, { buffer: probe.output.buffer, at: 0 }, 4 * probe.outputs);
  }
}

function requireOutputs(
  network: Network,
  { name, outputs }: { readonly name: string; readonly outputs: number },
): Network {
  if (network.outputs === outputs) return network;
  throw new RangeError(
    `Cannot load trained parts: "${name}" must end in ${outputs} values: current value is ${network.outputs}`,
  );
}

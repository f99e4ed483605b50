/**
 * Small trained networks on the device: probes, and what exit heads do in front
 * of their unembedding. Reference: harness/signals/network.ts.
 *
 * @module
 */
import type { Activation, NetworkStep } from "../../harness/contract/parts.ts";
import { Call } from "./commands.ts";
import type { Room } from "./device_memory.ts";
import type { DeviceParts } from "./product.ts";
import { loadFloats } from "./weights.ts";

/** Codes of shaders/activation.wgsl. */
const ACTIVATION: Readonly<Record<Activation, number>> = {
  relu: 0,
  silu: 1,
  gelu: 2,
  sigmoid: 3,
  softmax: 4,
};

/** Rows of a network that runs: one holds the input, another takes the output of a step. */
export interface NetworkRooms {
  /** Numbers per row. */
  readonly stride: number;
  /** Input of the first step. */
  readonly input: Room;
  /** Output of the first step that is not in place. */
  readonly other: Room;
}

/** One dispatch: grid per row. */
interface Stage {
  readonly call: Call;
  readonly x: number;
  readonly isPerRow: boolean;
}

/** Widest vector that steps pass through, from `inputs` features on. */
export function widest(steps: readonly NetworkStep[], inputs: number): number {
  return steps.reduce(
    (most, step) =>
      Math.max(
        most,
        step.kind === "linear" ? step.outputs : 0,
        step.kind === "residualLowRank" ? step.rank : 0,
      ),
    inputs,
  );
}

function requireLength(array: Float32Array, length: number, what: string): void {
  if (array.length !== length) {
    throw new RangeError(
      `Cannot load trained parts: ${what} must have ${length} values: current value is ${array.length}`,
    );
  }
}

/** A network as calls. */
export class Network {
  /** Where the output lies. */
  readonly output: Room;
  /** Length of the output. */
  readonly outputs: number;
  readonly #parts: DeviceParts;
  readonly #stages: Stage[] = [];

  /** Loads the weights of the steps. */
  constructor(
    parts: DeviceParts,
    steps: readonly NetworkStep[],
    { inputs, rooms, name }: {
      readonly inputs: number;
      readonly rooms: NetworkRooms;
      readonly name: string;
    },
  ) {
    this.#parts = parts;
    const { memory, kernels } = parts;
    const target = { memory, purpose: "parts" } as const;
    const load = (values: Float32Array): GPUBuffer =>
      loadFloats(target, name, Float32Array.from(values));
    const uniform = (...words: number[]): GPUBuffer =>
      memory.uniform(name, Uint32Array.from(words));
    const { stride } = rooms;
    let [x, y] = [rooms.input, rooms.other];
    let width = inputs;
    const linear = (
      weight: Float32Array,
      { from, to, bias }: { from: Room; to: Room; bias: Float32Array | "add" },
      [n, outputs]: readonly [number, number],
    ): void => {
      const w = load(weight);
      const b = bias === "add" ? w : load(bias);
      const params = uniform(n, outputs, stride, stride);
      const kernel = kernels.get("linear", { ADD: bias === "add" ? 1 : 0 });
      const call = new Call(kernel, () => [w, b, from.buffer, to.buffer, params]);
      this.#stages.push({ call, x: outputs, isPerRow: false });
    };
    for (const step of steps) {
      if (step.kind === "linear") {
        requireLength(step.weight, width * step.outputs, "a linear step's weight");
        const bias = step.bias ?? new Float32Array(step.outputs);
        requireLength(bias, step.outputs, "a linear step's bias");
        linear(step.weight, { from: x, to: y, bias }, [width, step.outputs]);
        [x, y] = [y, x];
        width = step.outputs;
      } else if (step.kind === "rmsNorm") {
        requireLength(step.weight, width, "a norm's weight");
        const w = load(step.weight);
        const words = Uint32Array.of(width, 0, stride, stride);
        new Float32Array(words.buffer)[1] = step.epsilon;
        const params = memory.uniform(name, words);
        const [from, to] = [x, y];
        const call = new Call(
          kernels.get("norm", { GATHER: 0, LAYER: 0 }),
          () => [from.buffer, w, w, to.buffer, params],
        );
        this.#stages.push({ call, x: 1, isPerRow: true });
        [x, y] = [y, x];
      } else if (step.kind === "activation") {
        const params = uniform(width, stride, 0, 0);
        const at = x;
        const kernel = kernels.get("activation", { KIND: ACTIVATION[step.activation] });
        this.#stages.push({
          call: new Call(kernel, () => [at.buffer, params]),
          x: 1,
          isPerRow: true,
        });
      } else {
        requireLength(step.down, width * step.rank, "a low-rank step's down");
        requireLength(step.up, width * step.rank, "a low-rank step's up");
        linear(step.down, { from: x, to: y, bias: new Float32Array(step.rank) }, [
          width,
          step.rank,
        ]);
        linear(step.up, { from: y, to: x, bias: "add" }, [step.rank, width]);
      }
    }
    this.output = x;
    this.outputs = width;
  }

  /** Runs on rows that lie in the input room; `table` is any of as many rows. */
  run(rows: number, table: number): void {
    for (const { call, x, isPerRow } of this.#stages) {
      if (isPerRow) this.#parts.commands.dispatch(call, table, rows);
      else this.#parts.commands.dispatch(call, table, x, rows);
    }
  }
}

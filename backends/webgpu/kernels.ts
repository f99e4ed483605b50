/**
 * The shaders: what each binds, and pipelines by constants, made once.
 *
 * @module
 */
import activation from "./shaders/activation.wgsl" with { type: "text" };
import attention from "./shaders/attention.wgsl" with { type: "text" };
import compareLogits from "./shaders/compare_logits.wgsl" with { type: "text" };
import copyEntries from "./shaders/copy_entries.wgsl" with { type: "text" };
import copySlot from "./shaders/copy_slot.wgsl" with { type: "text" };
import copyStates from "./shaders/copy_states.wgsl" with { type: "text" };
import dropEntries from "./shaders/drop_entries.wgsl" with { type: "text" };
import embed from "./shaders/embed.wgsl" with { type: "text" };
import linear from "./shaders/linear.wgsl" with { type: "text" };
import matmul from "./shaders/matmul.wgsl" with { type: "text" };
import meanStates from "./shaders/mean_states.wgsl" with { type: "text" };
import reduceLogits from "./shaders/reduce_logits.wgsl" with { type: "text" };
import norm from "./shaders/norm.wgsl" with { type: "text" };
import rule from "./shaders/rule.wgsl" with { type: "text" };
import stateSignal from "./shaders/state_signal.wgsl" with { type: "text" };
import storeEntries from "./shaders/store_entries.wgsl" with { type: "text" };
import subsetLogits from "./shaders/subset_logits.wgsl" with { type: "text" };
import activateGate from "./shaders/activate_gate.wgsl" with { type: "text" };
import topK from "./shaders/top_k.wgsl" with { type: "text" };

/** What a binding is. A table is read at a dynamic offset. */
type BindingKind = "read" | "write" | "uniform" | "table";

interface Shader {
  readonly code: string;
  readonly bindings: readonly BindingKind[];
}

/** All shaders by name. */
export const SHADERS = {
  activation: { code: activation, bindings: ["write", "uniform"] },
  attention: { code: attention, bindings: ["read", "read", "write", "uniform", "table"] },
  compareLogits: { code: compareLogits, bindings: ["read", "read", "write", "table"] },
  copyEntries: { code: copyEntries, bindings: ["read", "write", "uniform", "table"] },
  copySlot: { code: copySlot, bindings: ["write", "uniform", "table"] },
  copyStates: { code: copyStates, bindings: ["write", "uniform", "table"] },
  dropEntries: { code: dropEntries, bindings: ["write", "uniform", "table"] },
  embed: { code: embed, bindings: ["read", "read", "read", "write", "uniform", "table"] },
  linear: { code: linear, bindings: ["read", "read", "read", "write", "uniform"] },
  matmul: {
    code: matmul,
    bindings: ["read", "read", "read", "read", "write", "uniform", "table"],
  },
  meanStates: { code: meanStates, bindings: ["read", "write", "uniform", "table"] },
  reduceLogits: { code: reduceLogits, bindings: ["read", "read", "write", "uniform", "table"] },
  norm: { code: norm, bindings: ["read", "read", "read", "write", "uniform", "table"] },
  rule: { code: rule, bindings: ["read", "read", "write", "write", "table"] },
  stateSignal: { code: stateSignal, bindings: ["read", "write", "uniform", "table"] },
  storeEntries: {
    code: storeEntries,
    bindings: ["read", "read", "read", "read", "read", "write", "write", "uniform", "table"],
  },
  subsetLogits: {
    code: subsetLogits,
    bindings: ["read", "read", "read", "read", "write", "uniform", "table"],
  },
  activateGate: { code: activateGate, bindings: ["read", "write", "uniform"] },
  topK: { code: topK, bindings: ["read", "write", "table"] },
} as const satisfies Readonly<Record<string, Shader>>;

/** Name of a shader. */
export type ShaderName = keyof typeof SHADERS;

/** Values of override constants. */
export type Constants = Readonly<Record<string, number>>;

/** A pipeline and the layout of its one bind group. */
export interface Kernel {
  /** Shader and constants, for labels. */
  readonly name: string;
  /** Whether its last binding is a table. */
  readonly hasTable: boolean;
  /** Layout of group 0. */
  readonly layout: GPUBindGroupLayout;
  /** The pipeline. */
  readonly pipeline: GPUComputePipeline;
}

const TYPES: Readonly<Record<BindingKind, GPUBufferBindingLayout>> = {
  read: { type: "read-only-storage" },
  write: { type: "storage" },
  uniform: { type: "uniform" },
  table: { type: "read-only-storage", hasDynamicOffset: true },
};

/** The kernels of one device. */
export class KernelCache {
  readonly #device: GPUDevice;
  readonly #lanes: number;
  readonly #modules: Map<ShaderName, GPUShaderModule> = new Map();
  readonly #layouts: Map<ShaderName, GPUBindGroupLayout> = new Map();
  readonly #kernels: Map<string, Kernel> = new Map();

  /** `lanes` invocations per workgroup, a power of two. */
  constructor(device: GPUDevice, lanes: number) {
    this.#device = device;
    this.#lanes = lanes;
  }

  /** Invocations per workgroup. */
  get lanes(): number {
    return this.#lanes;
  }

  /** The kernel of a shader with these constants, beside LANES. */
  get(shader: ShaderName, constants: Constants = {}): Kernel {
    const text = Object.entries(constants).map(([name, value]) => ` ${name}=${value}`).join("");
    const name = shader + text;
    let kernel = this.#kernels.get(name);
    if (kernel === undefined) {
      kernel = this.#make(shader, name, { ...constants, LANES: this.#lanes });
      this.#kernels.set(name, kernel);
    }
    return kernel;
  }

  #make(shader: ShaderName, name: string, constants: Constants): Kernel {
    const device = this.#device;
    const { code, bindings } = SHADERS[shader];
    let module = this.#modules.get(shader);
    if (module === undefined) {
      module = device.createShaderModule({ label: shader, code });
      this.#modules.set(shader, module);
    }
    let layout = this.#layouts.get(shader);
    if (layout === undefined) {
      layout = device.createBindGroupLayout({
        label: shader,
        entries: bindings.map((kind, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: TYPES[kind],
        })),
      });
      this.#layouts.set(shader, layout);
    }
    const pipeline = device.createComputePipeline({
      label: name,
      layout: device.createPipelineLayout({ label: shader, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main", constants },
    });
    return { name, hasTable: bindings.at(-1) === "table", layout, pipeline };
  }
}

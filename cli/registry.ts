/**
 * The built-in plugins, joined from their explicit lists.
 *
 * @module
 */
import { cpuBackend } from "../backends/cpu/mod.ts";
import { wasmBackend } from "../backends/wasm/mod.ts";
import { webgpuBackend } from "../backends/webgpu/mod.ts";
import { createRegistry, type Registry } from "../harness/registry.ts";
import { policies } from "../policies/mod.ts";
import { studies, suites } from "../suites/mod.ts";

/** Everything that can be named without a file. */
export const BUILT_IN: Registry = createRegistry({
  policies,
  suites,
  studies,
  backends: [cpuBackend, wasmBackend, webgpuBackend],
});

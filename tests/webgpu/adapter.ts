/**
 * Whether this machine has a WebGPU adapter, and what tests without one lack.
 *
 * @module
 */

async function findAdapter(): Promise<GPUAdapter | null> {
  const gpu = (globalThis.navigator as { gpu?: GPU }).gpu;
  return await gpu?.requestAdapter().catch(() => null) ?? null;
}

/** Whether there is an adapter. */
export const HAS_ADAPTER: boolean = await findAdapter() !== null;

/** What the name of an ignored test ends with. */
export const NEEDS_ADAPTER: string = HAS_ADAPTER ? "" : " [needs a WebGPU adapter]";

/** Registers a test that needs an adapter. */
export function gpuTest(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name: name + NEEDS_ADAPTER, ignore: !HAS_ADAPTER, fn });
}

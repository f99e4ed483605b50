/**
 * The adapter that a session runs on, and a device with all that it offers.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import { KernelCache } from "./kernels.ts";

/** What is wanted beyond the defaults, as far as the adapter has it. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "minStorageBufferOffsetAlignment",
] as const;

/** Adapters that compute on the CPU. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** A device and what it runs on. */
export interface OpenedDevice {
  /** The device. */
  readonly device: GPUDevice;
  /** The adapter's name, for records. */
  readonly adapter: string;
  /** Whether it computes on the CPU: its times mean nothing. */
  readonly isSoftware: boolean;
  /** Its pipelines, by invocations per workgroup. */
  kernels(lanes: number): KernelCache;
}

/** The adapter's name: its description where it has one. */
export function adapterName({ vendor, architecture, description }: GPUAdapterInfo): string {
  const name = description === ""
    ? [vendor, architecture].filter((part) => part !== "").join(" ")
    : description;
  return name === "" ? "unnamed" : name;
}

let shared: Promise<OpenedDevice> | undefined;

/**
 * The device that all sessions share until it is lost: pipelines take longer to
 * compile than a small model to run.
 *
 * Errors: `UnsupportedError` where there is none.
 */
export function openDevice(): Promise<OpenedDevice> {
  if (shared === undefined) {
    const opening = requestDevice((globalThis.navigator as { gpu?: GPU }).gpu);
    shared = opening;
    const forget = (): void => {
      if (shared === opening) shared = undefined;
    };
    opening.then(({ device }) => device.lost.then(forget), forget);
  }
  return shared;
}

/** Asks for the fastest adapter and a device; errors as {@linkcode openDevice}. */
export async function requestDevice(gpu: GPU | undefined): Promise<OpenedDevice> {
  if (gpu === undefined) {
    throw new UnsupportedError(
      'Cannot open backend "webgpu": this runtime has no WebGPU: pass --backend wasm',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  if (adapter === null) {
    throw new UnsupportedError(
      'Cannot open backend "webgpu": no adapter found: install a Vulkan driver or pass --backend wasm',
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of LIMITS) requiredLimits[limit] = adapter.limits[limit];
  const timestamps: GPUFeatureName = "timestamp-query";
  const requiredFeatures = adapter.features.has(timestamps) ? [timestamps] : [];
  const name = adapterName(adapter.info);
  try {
    const device = await adapter.requestDevice({
      label: "depthbench",
      requiredFeatures,
      requiredLimits,
    });
    const caches = new Map<number, KernelCache>();
    const kernels = (lanes: number): KernelCache => {
      const cache = caches.get(lanes) ?? new KernelCache(device, lanes);
      caches.set(lanes, cache);
      return cache;
    };
    return { device, adapter: name, isSoftware: SOFTWARE.test(name), kernels };
  } catch (cause) {
    throw new UnsupportedError(
      `Cannot open backend "webgpu": adapter "${name}" gives no device: pass --backend wasm`,
      { cause },
    );
  }
}

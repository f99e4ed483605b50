/**
 * Backends by name, loaded when asked for.
 *
 * @module
 */
import { cpuBackend } from "../backends/cpu/mod.ts";
import type { BackendPlugin } from "../harness/contract/backend.ts";
import { UnsupportedError, UsageError } from "../harness/contract/errors.ts";

/** Backends that benches know. */
export const BACKENDS = ["cpu", "wasm"] as const;

/** The plugin of that name. Rejects in one sentence when it is unknown or not built. */
export async function findBackend(name: string): Promise<BackendPlugin> {
  if (name === "cpu") return cpuBackend;
  if (!BACKENDS.some((each) => each === name)) {
    throw new UsageError(
      `Cannot find backend "${name}": expected one of ${
        BACKENDS.map((it) => `"${it}"`).join(", ")
      }`,
    );
  }
  const plugin = Object.values(await importBackend(name)).find((each) => isBackend(each, name));
  if (isBackend(plugin, name)) return plugin;
  throw new UnsupportedError(`Cannot use backend "${name}": backends/${name}/mod.ts exports none`);
}

async function importBackend(name: string): Promise<Record<string, unknown>> {
  const url = new URL(`../backends/${name}/mod.ts`, import.meta.url);
  try {
    return await import(url.href);
  } catch (cause) {
    throw new UnsupportedError(
      `Cannot use backend "${name}": backends/${name} cannot be loaded: pass --backend cpu`,
      { cause },
    );
  }
}

function isBackend(value: unknown, name: string): value is BackendPlugin {
  return typeof value === "object" && value !== null && "open" in value && "name" in value &&
    value.name === name;
}

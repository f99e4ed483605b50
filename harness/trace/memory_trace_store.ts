/**
 * A trace kept in memory: for programs and pages that replay at once.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type { TraceManifest, TraceRow, TraceStore } from "./trace_store.ts";

/** A trace that lives as long as the program. */
export function memoryTraceStore(): TraceStore {
  const rows = new Map<string, TraceRow>();
  let manifest: TraceManifest | undefined;
  return {
    open(wanted) {
      if (manifest !== undefined && manifest.digest !== wanted.digest) {
        throw new InputError("Cannot resume a trace: the store holds another one: use a new store");
      }
      manifest ??= wanted;
    },
    done: () => new Set(rows.keys()),
    append(row) {
      rows.set(row.item, row);
    },
    manifest() {
      if (manifest !== undefined) return manifest;
      throw new InputError("Cannot read a trace: the store is empty: trace something into it");
    },
    rows: () => [...rows.keys()].sort().map((item) => rows.get(item)!),
    close() {},
  };
}

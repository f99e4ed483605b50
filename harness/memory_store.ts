/**
 * Records kept in memory: for programs and pages that summarise at once.
 *
 * @module
 */
import { InputError } from "./contract/errors.ts";
import type { Manifest, RecordStore, RunRecord, StoredItem, StoredRun } from "./contract/record.ts";

/** A store that lives as long as the program. */
export function memoryStore(): RecordStore {
  const records = new Map<string, RunRecord>();
  let manifest: Manifest | undefined;
  let items: readonly StoredItem[] = [];
  return {
    open(wanted, texts) {
      if (manifest !== undefined && manifest.digest !== wanted.digest) {
        throw new InputError("Cannot resume a run: the store holds another one: use a new store");
      }
      manifest ??= wanted;
      items = texts;
    },
    done: () => new Set(records.keys()),
    append(rows) {
      for (const row of rows) records.set(row.cell, row);
    },
    read(): StoredRun {
      if (manifest === undefined) {
        throw new InputError("Cannot read a run: the store is empty: run a plan into it first");
      }
      return { manifest, items, records: [...records.values()] };
    },
    close() {},
  };
}

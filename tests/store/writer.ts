/**
 * A process that the tests kill: appends the same units to a store, in order,
 * from the first that is not there on. Unit u holds 1 to 4 cells of 200 to
 * 40,000 characters, so that transactions span one page or many. Writes a dot
 * to stdout before each unit.
 *
 *     deno run … writer.ts <records.sqlite> <units>
 *
 * @module
 */
import { SqliteStore } from "../../cli/sqlite_store.ts";
import type { Manifest, RunRecord } from "../../harness/contract/record.ts";
import { createRandom } from "../../harness/numerics/random.ts";

/** The run that the writer writes. */
export const WRITTEN: Manifest = { schema: 1, digest: "written", harness: "test" } as Manifest;

/** Names of the cells of one unit. */
export function cellsOf(unit: number): readonly string[] {
  const count = 1 + Math.floor(4 * createRandom(unit).uniform());
  return Array.from(
    { length: count },
    (_, i) => `${String(unit).padStart(6, "0")}-${i}of${count}`,
  );
}

/** Records of one unit. */
export function unitOf(unit: number): readonly RunRecord[] {
  const random = createRandom(1_000_000 + unit);
  return cellsOf(unit).map((cell, i): RunRecord => ({
    cell,
    suite: "copy",
    item: String(unit),
    group: String(unit),
    arm: "full_depth",
    repetition: i,
    pass: "timed",
    outcome: "failed",
    message: String(random.uint32()).repeat(20 + Math.floor(4000 * random.uniform() ** 3)),
  }));
}

const DOT = new TextEncoder().encode(".");

if (import.meta.main) {
  const [path = "", units = "0"] = Deno.args;
  const store = new SqliteStore(path);
  store.open(WRITTEN, []);
  const done = store.done();
  for (let unit = 0; unit < Number(units); unit++) {
    if (cellsOf(unit).every((cell) => done.has(cell))) continue;
    const records = unitOf(unit);
    Deno.stdout.writeSync(DOT);
    store.append(records);
  }
  store.close();
}

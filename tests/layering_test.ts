/**
 * Every source file keeps the house rules, whether or not anyone ran the linter.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import plugin from "../tools/lint_plugin.ts";

const ROOT = new URL("../", import.meta.url);
/** What holds no source of ours, or code that other programs generate. */
const SKIPPED = /\/(?:\..*|node_modules|out|target|golden|testdata|wasm\/lib|models\/training)$/;

/** Paths of all TypeScript and JavaScript files from the repository root. */
function* sourceFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) {
      if (!SKIPPED.test(folder + name)) yield* sourceFiles(`${folder}${name}/`);
    } else if (/\.[jt]sx?$/.test(name)) yield folder + name;
  }
}

Deno.test("every source file keeps the import table and the other house rules", () => {
  const faults: string[] = [];
  let count = 0;
  for (const file of sourceFiles("./")) {
    const path = file.slice("./".length);
    const source = Deno.readTextFileSync(new URL(file, ROOT));
    count++;
    for (const { id, message } of Deno.lint.runPlugin(plugin, path, source)) {
      faults.push(`${path}: ${id}: ${message}`);
    }
  }
  assert(count > 20, `only ${count} files found`);
  assertEquals(faults, []);
});

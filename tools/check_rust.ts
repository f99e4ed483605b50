/**
 * Checks for whoever changes `wasm/`: formatting, clippy, and that a rebuild
 * gives the committed bytes.
 *
 *     deno task ok:rust
 *
 * @module
 */
import { buildWasm, cargo, run } from "./build_wasm.ts";
import { LIB, sha256, VARIANTS } from "./wasm_sources.ts";

const REBUILT = new URL("../target/wasm/lib/", import.meta.url);

/** Digests by name of the files in a folder. */
async function digestsOf(folder: URL): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    digests.set(name, await sha256(await Deno.readFile(new URL(name, folder))));
  }
  return digests;
}

await run(Deno.env.get("CARGO") ?? "/usr/bin/cargo", ["fmt", "--check"]);
for (const variant of VARIANTS) {
  await cargo(variant, { command: "clippy", more: ["--", "--deny=warnings"] });
}
await Deno.remove(REBUILT, { recursive: true }).catch(() => {});
await buildWasm(REBUILT);
const committed = await digestsOf(LIB);
const rebuilt = await digestsOf(REBUILT);
const different = [...new Set([...committed.keys(), ...rebuilt.keys()])]
  .filter((name) => committed.get(name) !== rebuilt.get(name));
if (different.length > 0) {
  throw new Error(`Cannot reproduce wasm/lib: ${different.join(", ")} differ: rebuild and commit`);
}

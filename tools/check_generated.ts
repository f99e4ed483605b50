/**
 * Checks that `wasm/lib/` was built from the sources beside it and not edited.
 *
 *     deno task check:generated
 *
 * @module
 */
import { FILES, SOURCE_HASH } from "../wasm/lib/build_info.ts";
import { LIB, MARK, sha256, sourceHash } from "./wasm_sources.ts";

/** What is wrong with the committed output, in sentences. */
export async function generatedFindings(): Promise<string[]> {
  const findings: string[] = [];
  const hash = await sourceHash();
  if (hash !== SOURCE_HASH) {
    findings.push(
      `wasm/lib is out of date: expected source hash ${SOURCE_HASH}: current value is ${hash}: run "deno task build:wasm"`,
    );
  }
  const present = new Set<string>();
  for await (const { name } of Deno.readDir(LIB)) present.add(name);
  present.delete("build_info.ts");
  for (const [name, digest] of Object.entries(FILES)) {
    if (!present.delete(name)) {
      findings.push(`wasm/lib/${name} is missing`);
      continue;
    }
    const bytes = await Deno.readFile(new URL(name, LIB));
    if (await sha256(bytes) !== digest) findings.push(`wasm/lib/${name} was edited`);
    if (!name.endsWith(".wasm") && !new TextDecoder().decode(bytes).startsWith(`// ${MARK}\n`)) {
      findings.push(`wasm/lib/${name} does not say that it is generated`);
    }
  }
  for (const name of present) findings.push(`wasm/lib/${name} was not built`);
  return findings;
}

if (import.meta.main) {
  const findings = await generatedFindings();
  // deno-lint-ignore no-console -- a command of maintainers
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) Deno.exit(1);
}

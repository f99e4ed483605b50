/**
 * `deno task std jsr|npm`: where `@std/*` comes from.
 *
 * `npm` (the default in the repository) maps each module to its typed door in
 * `tools/std/`, `jsr` to the JSR registry, which not every network reaches.
 * Only the import map in `deno.json` changes, never the code.
 *
 * @module
 */
// deno-lint-ignore-file no-console

/** Where std may come from. */
export type StdSource = "jsr" | "npm";

/** `deno.json` with its `@std/*` entries pointed at `source`; nothing else changes. */
export function pointStdAt(source: StdSource, denoJson: string): string {
  return denoJson.replaceAll(
    /"@std\/([a-z-]+)(\/[a-z-]+)?": "[^"]*"/g,
    (_entry, name: string, path = "") => {
      const door = `${name}${path}`.replaceAll(/[/-]/g, "_");
      const target = source === "jsr" ? `jsr:@std/${name}@1${path}` : `./tools/std/${door}.ts`;
      return `"@std/${name}${path}": "${target}"`;
    },
  );
}

if (import.meta.main) {
  const [source] = Deno.args;
  if (source !== "jsr" && source !== "npm") {
    console.error(
      `Cannot choose a source of std: expected "jsr" or "npm": current value is "${source}"`,
    );
    Deno.exit(64);
  }
  const path = new URL("../deno.json", import.meta.url);
  await Deno.writeTextFile(path, pointStdAt(source, await Deno.readTextFile(path)));
  console.log(`@std comes from ${source} now; "deno task lock" brings the lockfile up to date`);
}

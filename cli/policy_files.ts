/**
 * Policies from files anywhere. A file imports the contract by package name,
 * which works because the process runs under this package's `deno.json`.
 *
 * The policy is the default export, or else the only export that looks like one.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { PolicyPlugin } from "../harness/contract/policy.ts";
import { causeText } from "./atomic_write.ts";
import { oneLine } from "./terminal_text.ts";

/** A policy with the text of its source. */
export interface LoadedPolicy {
  /** The policy. */
  readonly plugin: PolicyPlugin;
  /** Text of the file that it is in and of those that it imports; part of the arm's digest. */
  readonly source: string;
}

/** URL of a policy file that was named by path or `file:` URL. */
export function policyFileUrl(path: string): URL {
  if (path.startsWith("file:")) return new URL(path);
  const absolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path) ? path : `${Deno.cwd()}/${path}`;
  const slashes = Deno.build.os === "windows" ? absolute.replaceAll("\\", "/") : absolute;
  const url = new URL("file:///");
  url.pathname = slashes.replaceAll("%", "%25");
  return url;
}

/** Loads the policy in the file at `path`. Rejects with `InputError` in one sentence. */
export async function loadPolicyFile(path: string): Promise<LoadedPolicy> {
  const url = policyFileUrl(path);
  let source: string;
  try {
    source = await Deno.readTextFile(url);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : causeText(cause);
    throw new InputError(`Cannot load policy "${path}": ${why}: check the path`, { cause });
  }
  let module: Record<string, unknown>;
  try {
    module = await import(url.href);
  } catch (cause) {
    throw new InputError(
      `Cannot load policy "${path}": ${
        oneLine(causeText(cause))
      }: correct the file, then "check" it`,
      { cause },
    );
  }
  return { plugin: policyOf(module, path), source: await withImports(url, source) };
}

/** A file's text, followed by those of the files that it imports by relative path. */
async function withImports(url: URL, source: string): Promise<string> {
  const texts = new Map<string, string>();
  const gather = async (from: URL, text: string): Promise<void> => {
    for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const file = new URL(specifier!, from);
      if (file.href === url.href || texts.has(file.href)) continue;
      const imported = await Deno.readTextFile(file).catch(() => "");
      texts.set(file.href, imported);
      await gather(file, imported);
    }
  };
  await gather(url, source);
  return [source, ...texts.values()].join("\n");
}

/** The policy among a module's exports. Throws `InputError` when there is not exactly one. */
export function policyOf(module: Readonly<Record<string, unknown>>, path: string): PolicyPlugin {
  if (looksLikePolicy(module.default)) return module.default;
  const found = Object.values(module).filter(looksLikePolicy);
  if (found.length === 1) return found[0]!;
  const names = Object.keys(module).map((name) => `"${name}"`).join(", ");
  throw new InputError(
    `Cannot load policy "${path}": expected a default export, or one export, that is an object ` +
      `with "name", "scope" and "options": ${
        found.length > 1 ? `${found.length} exports are` : "none is"
      }: exports are ${names === "" ? "none" : names}`,
  );
}

function looksLikePolicy(value: unknown): value is PolicyPlugin {
  return typeof value === "object" && value !== null && "name" in value && "scope" in value &&
    "options" in value;
}

/** Loads the source text of a built-in policy. */
export async function builtInSource(plugin: PolicyPlugin): Promise<string> {
  const url = new URL(`../policies/${plugin.family}/${plugin.name}.ts`, import.meta.url);
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  return await (await fetch(url)).text();
}

/**
 * Card pages: one Markdown page per policy in `docs/policies/`, made from the
 * plugins themselves: `deno task docs:cards`, and with `--check` whether the
 * pages are up to date.
 *
 * Exits with 1 when a page differs, is missing, or belongs to no policy.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { policies } from "../policies/mod.ts";
import { cardPages } from "./docs_card_page.ts";

const FOLDER = new URL("../docs/policies/", import.meta.url);

/** What is wrong with the pages on disk, one line each; all are written anew unless `check`. */
export async function updateCards(
  { folder, check }: { readonly folder: URL; readonly check: boolean },
): Promise<readonly string[]> {
  const pages = cardPages(policies);
  const findings: string[] = [];
  if (!check) await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of pages) {
    const found = await readText(new URL(name, folder));
    if (found === text) continue;
    findings.push(found === undefined ? `${name} is missing` : `${name} is out of date`);
    if (!check) await Deno.writeTextFile(new URL(name, folder), text);
  }
  for (const name of await pageNames(folder)) {
    if (pages.has(name)) continue;
    findings.push(`${name} belongs to no policy`);
    if (!check) await Deno.remove(new URL(name, folder));
  }
  return findings;
}

async function readText(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function pageNames(folder: URL): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.endsWith(".md")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const findings = await updateCards({ folder: FOLDER, check });
  for (const finding of findings) console.log(`docs/policies/${finding}`);
  if (findings.length === 0) console.log("docs/policies is up to date");
  else if (check) console.log('Run "deno task docs:cards"');
  Deno.exit(check && findings.length > 0 ? 1 : 0);
}

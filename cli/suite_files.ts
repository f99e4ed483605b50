/**
 * Names and paths → suites: built-in ones, own rows, local copies of standard sets.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { didYouMean } from "../harness/nearest_name.ts";
import { localSets, openOwnRows, readSuitePath, type SettingsFile } from "../suites/local/mod.ts";
import { causeText } from "./atomic_write.ts";
import { fileSource } from "./file_source.ts";
import { BUILT_IN } from "./registry.ts";

/** Finds or reads the suites. Rejects with `UsageError` when two have one name. */
export async function findSuites(names: readonly string[]): Promise<readonly SuitePlugin[]> {
  const suites: SuitePlugin[] = [];
  for (const name of names) {
    const suite = await findSuite(name);
    if (suites.some((other) => other.name === suite.name)) {
      throw new UsageError(
        `Cannot run suite "${name}": expected names of their own: "${suite.name}" comes twice: ` +
          "rename the file",
      );
    }
    suites.push(suite);
  }
  return suites;
}

async function findSuite(name: string): Promise<SuitePlugin> {
  const file = readSuitePath(name);
  if (file === undefined) return BUILT_IN.suites.find(name);
  if (file.set === undefined) {
    const source = await fileSource(file.path, "suite");
    return await openOwnRows(source, await readSettingsFile(file.settings));
  }
  const set = localSets.find((each) => each.name === file.set);
  if (set === undefined) {
    throw new UsageError(
      `Cannot find set "${file.set}": ${didYouMean(file.set, localSets.map((each) => each.name))}`,
    );
  }
  return await set.open(await fileSource(file.path, "suite"));
}

/** The settings beside own rows, where there are any. */
async function readSettingsFile(path: string | undefined): Promise<SettingsFile | undefined> {
  if (path === undefined) return undefined;
  try {
    return { name: path.split(/[\\/]/).at(-1) ?? path, text: await Deno.readTextFile(path) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new InputError(`Cannot read settings "${path}": ${causeText(cause)}: check the file`, {
      cause,
    });
  }
}

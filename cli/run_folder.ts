/**
 * The folder of a run: `records.sqlite`, and the reports made from it.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { Shard } from "../harness/contract/record.ts";
import type { Summary } from "../harness/contract/summary.ts";
import { html, json, markdown, type ReportPlugin } from "../reports/mod.ts";
import { causeText, writeAtomically } from "./atomic_write.ts";

/** Names inside the folder. */
export const RECORDS_FILE = "records.sqlite";

/** Reports that a run writes, with their names in the folder. */
const FILES: readonly (readonly [ReportPlugin, string])[] = [
  [html, "report.html"],
  [markdown, "report.md"],
  [json, "summary.json"],
];

/** Path of the records: of a folder, or the `.sqlite` file that was named itself. */
export function recordsPath(path: string): string {
  return path.endsWith(".sqlite") ? path : `${path.replace(/[\\/]+$/, "")}/${RECORDS_FILE}`;
}

/** Path of a run's records in its folder, or of one shard's: all shards share the folder. */
export function recordsFile(folder: string, shard: Shard | undefined): string {
  if (shard === undefined) return recordsPath(folder);
  return `${folder.replace(/[\\/]+$/, "")}/shard-${shard.index}-of-${shard.count}.sqlite`;
}

/** Shards' files in a folder, in the order of their indices. */
export async function shardFiles(folder: string): Promise<readonly string[]> {
  const found: { readonly name: string; readonly index: number }[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const index = /^shard-(\d+)-of-\d+\.sqlite$/.exec(name)?.[1];
    if (index !== undefined) found.push({ name, index: Number(index) });
  }
  return found.sort((a, b) => a.index - b.index).map(({ name }) => `${folder}/${name}`);
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    throw new InputError(
      `Cannot make folder "${path}": ${causeText(cause)}: choose another --out`,
      {
        cause,
      },
    );
  }
}

/** Where reports go. */
export interface ReportPlaces {
  /** Folder of the run. */
  readonly folder: string;
  /** Also written as `<stem>.html`, `.md` and `.json`. */
  readonly stem?: string | undefined;
}

/** Writes all reports and resolves to the path of the HTML one. All are rendered before one is written. */
export async function writeReports(summary: Summary, places: ReportPlaces): Promise<string> {
  const { folder, stem } = places;
  const rendered = await Promise.all(FILES.map(async ([report, name]) => ({
    paths: [
      `${folder}/${name}`,
      ...(stem === undefined ? [] : [`${stem}.${report.extension}`]),
    ],
    text: await report.render(summary),
  })));
  for (const { paths, text } of rendered) {
    for (const path of paths) await writeAtomically(path, text);
  }
  return stem === undefined ? `${folder}/report.html` : `${stem}.html`;
}

/** Removes the records and reports of an earlier run, or one shard's records, and nothing else. */
export async function clearRun(folder: string, shard?: Shard): Promise<void> {
  const records = recordsFile(folder, shard);
  const reports = shard === undefined ? FILES.map(([, name]) => `${folder}/${name}`) : [];
  for (const path of [records, `${records}-journal`, ...reports]) {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

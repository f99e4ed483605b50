/**
 * The `report` command: renders the records of a run again.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import { didYouMean } from "../harness/nearest_name.ts";
import { csv, reports } from "../reports/mod.ts";
import { writeAtomically } from "./atomic_write.ts";
import type { Command, Io } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { recordsPath, writeReports } from "./run_folder.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { readBeside, readSummary } from "./stored_summary.ts";

/** The `report` command. */
export const reportCommand: Command = {
  name: "report",
  summary: "Render the records of a run as HTML, Markdown and JSON",
  usage: `report <run> [<run>] [--format ${
    reports.map(({ name }) => name).join("|")
  }|csv] [--out <file>]`,
  details: `A run is the folder that "run" wrote, or its records.sqlite. Without --format all
reports of the folder are written anew; with it, one is written to stdout or to --out. The format
csv has one row per record, the others sum up. A second run of the same items adds a section: on
another backend, where tokens, decisions and ledgers differ; with another model, what its scores
and drafts are.`,
  flags: {
    format: { kind: "text", value: "<format>", help: "One format" },
    out: { kind: "text", value: "<file>", help: "Where that format goes; default stdout" },
    margin: { kind: "number", value: "<ratio>", help: "Speed-up that matters; default the run's" },
  },
  positional: { least: 1, most: 2 },
  async run({ positional: [path = "", other], flags }, io): Promise<number> {
    const name = flags.text("format");
    const format = reports.find((report) => report.name === name);
    if (name !== undefined && format === undefined && name !== "csv") {
      const known = [...reports.map((report) => report.name), "csv"];
      throw new UsageError(`Cannot render format "${name}": ${didYouMean(name, known)}`);
    }
    const out = flags.text("out");
    if (name === undefined && out !== undefined) {
      throw new UsageError('Cannot read flag "--out": expected --format with it');
    }
    const margin = flags.number("margin");
    if (margin !== undefined && !(margin >= 0 && margin <= 1)) {
      throw new UsageError(
        `Cannot read flag "--margin": must be >= 0 and <= 1: current value is ${margin}`,
      );
    }
    if (name === "csv") {
      if (other !== undefined) {
        throw new UsageError('Cannot render format "csv": expected one run: it came with two');
      }
      await writeText(csv(new SqliteStore(recordsPath(path)).read()), { out, io });
      return EXIT.done;
    }
    const options = margin === undefined ? {} : { margin };
    const summary = other === undefined
      ? await readSummary(path, options)
      : readBeside(path, other, options);
    if (format === undefined) {
      const folder = path.replace(/[\\/]*(?:[^\\/]*\.(?:sqlite|json))?$/, "") || ".";
      io.say(`Wrote ${await writeReports(summary, { folder })}`);
      return EXIT.done;
    }
    await writeText(await format.render(summary), { out, io });
    return EXIT.done;
  },
};

async function writeText(
  text: string,
  { out, io }: { readonly out: string | undefined; readonly io: Io },
): Promise<void> {
  if (out === undefined) {
    io.write(text);
    return;
  }
  await writeAtomically(out, text);
  io.say(`Wrote ${out}`);
}

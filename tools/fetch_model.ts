/**
 * `deno task model <name> [--as q8_0|q4_0]`: makes sure that a known model is there.
 *
 * `--as` makes a requantised copy for benches. Beside each file lies
 * `<name>.json` with its digest and provenance.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { exitCodeOf, sentenceOf } from "../cli/exit_code.ts";
import { UsageError } from "../harness/contract/errors.ts";
import { KNOWN_MODELS, MODELS_FOLDER } from "../models/known.ts";
import { type FetchedModel, fetchModel, findModel, type ModelShop } from "./known_model.ts";
import { runPython } from "./python.ts";

const USAGE = "deno task model <name> [--as q8_0|q4_0]";

/** What is printed about a model that is there. */
export function describe({ model, path, found }: FetchedModel): string {
  const { origin } = model;
  const provenance = origin.kind === "package"
    ? `file "${origin.entry}" of Python package ${origin.package} ${origin.version}`
    : `made from "${origin.from}" by tools/requantize.py: matrices ${origin.type}, head q8_0`;
  return [
    `${model.name} ${found ? "was already there" : "is there now"}: ${path}`,
    `${model.bytes.toLocaleString("en")} bytes, ${model.digest}`,
    `Licence ${model.licence}, weights by ${model.author}, ${provenance}`,
    "",
  ].join("\n");
}

/** Reads the arguments, fetches, and resolves to what is to be printed. */
export async function modelTask(args: readonly string[], shop: ModelShop): Promise<string> {
  if (args.includes("--help") || args.includes("-h")) return `Usage: ${USAGE}\n`;
  const [name, ...rest] = args.flatMap((arg) =>
    arg.startsWith("--as=") ? ["--as", arg.slice(5)] : [arg]
  );
  if (name === undefined || name.startsWith("-")) {
    const names = shop.models.map((model) => `"${model.name}"`).join(", ");
    throw new UsageError(`Cannot fetch a model: expected a name, one of ${names}: usage: ${USAGE}`);
  }
  findModel(name, shop.models);
  if (rest.length === 0) return describe(await fetchModel(name, shop));
  const [flag, type] = rest;
  if (flag !== "--as" || rest.length > 2) {
    throw new UsageError(
      `Cannot read argument "${rest.at(flag === "--as" ? 2 : 0)}": usage: ${USAGE}`,
    );
  }
  if (type !== "q8_0" && type !== "q4_0") {
    throw new UsageError(
      `Cannot read flag "--as": expected "q8_0" or "q4_0": current value is "${type ?? ""}"`,
    );
  }
  return describe(await fetchModel(`${name}-${type}`, shop));
}

if (import.meta.main) {
  try {
    const text = await modelTask(Deno.args, {
      models: KNOWN_MODELS,
      folder: MODELS_FOLDER,
      run: runPython,
      say: (line) => console.error(line),
    });
    console.log(text.trimEnd());
  } catch (error) {
    console.error(sentenceOf(error));
    Deno.exit(exitCodeOf(error));
  }
}

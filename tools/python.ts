/**
 * Python as a tool: `pip` for packages, scripts of `tools/`.
 *
 * Only wheels are installed, so no code of a package runs before its files are
 * there; a source archive is downloaded only where that is asked for. Failures are one sentence with pip's own last error line.
 *
 * @module
 */
import { oneLine } from "../cli/terminal_text.ts";
import { InputError } from "../harness/contract/errors.ts";

/** How a process ended. */
export interface Outcome {
  /** Exit code. */
  readonly code: number;
  /** What it wrote to stderr. */
  readonly stderr: string;
}

/** Runs `python3` with these arguments; rejects with `Deno.errors.NotFound` when there is none. */
export type RunPython = (args: readonly string[]) => Promise<Outcome>;

const WHEELS: readonly string[] = ["--only-binary=:all:"];
const WAY_OUT = "or give the path of any GGUF file as the model";

/** The real `python3` of the search path. */
export async function runPython(args: readonly string[]): Promise<Outcome> {
  const command = new Deno.Command("python3", {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/**
 * Downloads or installs exact wheels: `pip <action> <flags> <packages>`. With `source`
 * it downloads source archives; pip then asks their build systems for names.
 */
export async function pip(
  run: RunPython,
  request: {
    readonly action: "download" | "install";
    readonly flags: readonly string[];
    readonly packages: readonly string[];
    readonly source?: true;
  },
): Promise<void> {
  const { action, flags, packages, source } = request;
  const task = `Cannot ${action} "${packages.join(" ")}"`;
  const { code, stderr } = await attempt(run, {
    task,
    args: [
      "-m",
      "pip",
      action,
      "--quiet",
      "--disable-pip-version-check",
      "--no-input",
      "--no-deps",
      ...(source ? packages.map((each) => `--no-binary=${each.split("==")[0]}`) : WHEELS),
      ...flags,
      ...packages,
    ],
  });
  if (code === 0) return;
  if (/No module named pip\b/.test(stderr)) {
    throw new InputError(`${task}: "python3" has no pip: install python3-pip, ${WAY_OUT}`);
  }
  throw new InputError(
    `${task}: pip ended with code ${code}: ${lastError(stderr)}: check the network and the ` +
      `package index, ${WAY_OUT}`,
  );
}

/** Runs a script; any exit code but 0 is an `InputError` that begins with `task`. */
export async function runScript(
  run: RunPython,
  request: { readonly task: string; readonly args: readonly string[] },
): Promise<void> {
  const { code, stderr } = await attempt(run, request);
  if (code === 0) return;
  throw new InputError(`${request.task}: python3 ended with code ${code}: ${lastError(stderr)}`);
}

async function attempt(
  run: RunPython,
  { task, args }: { readonly task: string; readonly args: readonly string[] },
): Promise<Outcome> {
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InputError(
      `${task}: "python3" is not there: install Python 3.10 or later, ${WAY_OUT}`,
      {
        cause: error,
      },
    );
  }
}

/** The last line that names an error, else the last line, shortened. */
function lastError(stderr: string): string {
  const lines = stderr.split("\n").map(oneLine).filter((line) => line !== "");
  const line = lines.findLast((each) => /error/i.test(each)) ?? lines.at(-1) ?? "it said nothing";
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

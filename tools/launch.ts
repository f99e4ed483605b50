/**
 * `deno task depthbench …`: starts `main.ts` in the user's directory with the
 * least permissions: the set `bench` of `deno.json`, and the paths that the
 * command line itself names. Paths outside the clone are shown on stderr.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { namedPaths } from "./named_paths.ts";

/** A permission set as `deno.json` has it. */
export interface PermissionSet {
  /** Paths that may be read. */
  readonly read: readonly string[];
  /** Paths that may be written. */
  readonly write: readonly string[];
  /** System facts that may be asked for. */
  readonly sys: readonly string[];
  /** Environment variables that may be read. */
  readonly env: readonly string[];
}

/** Where things lie. */
export interface LaunchPlace {
  /** Root of the clone, absolute, without a final `/`. */
  readonly root: string;
  /** The user's directory, absolute. */
  readonly cwd: string;
}

/** How `main.ts` is started. */
export interface Launch {
  /** Arguments of `deno`. */
  readonly args: readonly string[];
  /** What is allowed beyond the clone, one line each. */
  readonly notes: readonly string[];
}

/** Makes the arguments of `deno` for the command line `args`. */
export function launchArguments(
  args: readonly string[],
  { set, place, readText }: {
    readonly set: PermissionSet;
    readonly place: LaunchPlace;
    readonly readText: (path: string) => string | undefined;
  },
): Launch {
  const { root, cwd } = place;
  const named = namedPaths(args, (path) => readText(absolute(path, cwd)));
  const write = named.write.map((path) => absolute(path, cwd));
  const read = [...named.read.map((path) => absolute(path, cwd)), ...write];
  const inside = (path: string) => path === root || path.startsWith(`${root}/`);
  const listed = (base: readonly string[], extra: readonly string[]) =>
    [...new Set([...base.map((path) => absolute(path, root)), ...extra])]
      .map((path) => path.replaceAll(",", ",,")).join(",");
  return {
    args: [
      "run",
      "--no-prompt",
      "--deny-import",
      `--config=${root}/deno.json`,
      `--allow-read=${listed(set.read, read)}`,
      `--allow-write=${listed(set.write, write)}`,
      `--allow-sys=${set.sys.join(",")}`,
      `--allow-env=${set.env.join(",")}`,
      `${root}/main.ts`,
      ...args,
    ],
    notes: [
      ...read.filter((path) => !inside(path) && !write.includes(path)).map((it) =>
        `May read ${it}`
      ),
      ...write.filter((path) => !inside(path) && !path.endsWith(".tmp"))
        .map((it) => `May read and write ${it}`),
    ],
  };
}

/** `path` against `base`, `.` and `..` resolved. */
export function absolute(path: string, base: string): string {
  const plain = path.startsWith("file:") ? decodeURIComponent(new URL(path).pathname) : path;
  const joined = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(plain) ? plain : `${base}/${plain}`;
  const parts: string[] = [];
  for (const part of joined.replaceAll("\\", "/").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `${/^[\\/]/.test(joined) ? "/" : ""}${parts.join("/")}`;
}

function readTextIfAny(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** The `deno` that runs this, where it may be started by path; else the one that is found. */
function denoCommand(): string {
  const path = Deno.execPath();
  const isAllowed = Deno.permissions.querySync({ name: "run", command: path }).state === "granted";
  return isAllowed ? path : "deno";
}

if (import.meta.main) {
  const root = absolute(`${import.meta.dirname}/..`, "/");
  const cwd = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const config = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  const set: PermissionSet = config.permissions.bench;
  const { args, notes } = launchArguments(Deno.args, {
    set,
    place: { root, cwd },
    readText: readTextIfAny,
  });
  for (const note of notes) console.error(note);
  // Ctrl-C reaches the command as well; this process waits until it has stopped.
  Deno.addSignalListener("SIGINT", () => {});
  const command = new Deno.Command(denoCommand(), { args: [...args], cwd }).spawn();
  // A scheduler's SIGTERM reaches this process only.
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => command.kill("SIGTERM"));
  }
  Deno.exit((await command.status).code);
}

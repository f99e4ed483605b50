/**
 * Folders and processes of the store's tests.
 *
 * @module
 */

/** Root of the clone, with a final `/`. */
export const ROOT: string = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Runs `use` with a folder of its own below `.tmp`, which is removed. */
export async function withFolder<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  await Deno.mkdir(`${ROOT}.tmp`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${ROOT}.tmp` });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `deno` with a script or `main.ts`, allowed to write into `folder` only. */
export function denoProcess(
  folder: string,
  { script, args, env = {} }: {
    readonly script: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Deno.Command {
  return new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--cached-only",
      `--config=${ROOT}deno.json`,
      `--allow-read=${ROOT}`,
      `--allow-write=${folder}`,
      "--allow-sys=cpus,osRelease,loadavg,systemMemoryInfo",
      "--allow-env",
      script,
      ...args,
    ],
    cwd: folder,
    env,
    stdout: "piped",
    stderr: "piped",
  });
}

/** What a process said and how it ended. */
export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** Stdout. */
  readonly out: string;
  /** Stderr. */
  readonly err: string;
}

/** Runs `depthbench` to its end. */
export async function depthbench(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const command = denoProcess(folder, { script: `${ROOT}main.ts`, args, env });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/**
 * Progress of `run`: one line with rate and time left that rewrites itself on a
 * terminal (a real pseudo-terminal, by `script`), plain lines elsewhere and in CI;
 * Ctrl-C on the terminal keeps what is done and says how to go on.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { SqliteStore } from "../../cli/sqlite_store.ts";
import { depthbench, ROOT, withFolder } from "../store/_folder.ts";

/** Runs long enough to be seen: some ten seconds on an idle core. */
const LONG = [
  ...[
    "run",
    "--no-control",
    "--model",
    "'synthetic(layers=6,width=256,ffn=256)'",
    "--backend",
    "cpu",
  ],
  ...["--suite", "copy,recall", "--limit", "12", "--passes", "free,lockstep"],
  ...["--policies", "'fixed_exit(exit=2)'"],
];

/** `…` as one shell line in a pseudo-terminal of 100 columns. */
function onTerminal(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  const program = [
    "deno run --no-prompt --no-check --cached-only",
    `--config=${ROOT}deno.json --allow-read=${ROOT} --allow-write=${folder} --allow-env`,
    `--allow-sys=cpus,osRelease,loadavg,systemMemoryInfo ${ROOT}main.ts`,
    ...args,
  ].join(" ");
  return new Deno.Command("script", {
    args: ["-qefc", `stty cols 100; exec ${program}`, "/dev/null"],
    cwd: folder,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
      ...(Deno.env.get("DENO_DIR") === undefined ? {} : { DENO_DIR: Deno.env.get("DENO_DIR")! }),
      TERM: "xterm",
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Reads a terminal until it ends; `watch` sees the whole text after every piece. */
async function transcript(
  child: Deno.ChildProcess,
  watch: (text: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    await watch(text);
  }
  return text;
}

const LINE = /\d+\/96 (?:free|lockstep) \w+ · \d+ % · [\d.e+]+\/s · (?:\d+m)? ?(?:\d+s)? ?left/;

Deno.test("depthbench run rewrites one line on a terminal and stops there on Ctrl-C", async () => {
  await withFolder(async (folder) => {
    const child = onTerminal(folder, [...LONG, "--out", "o"]);
    const input = child.stdin.getWriter();
    let interrupted = false;
    const text = await transcript(child, async (seen) => {
      if (interrupted || seen.split("\r\x1b[K").length < 8) return;
      interrupted = true;
      await input.write(new Uint8Array([3])); // the terminal makes SIGINT of Ctrl-C
    });
    await input.close().catch(() => {});
    assertStrictEquals((await child.status).code, 130, text);
    const updates = text.split("\r\x1b[K").slice(1);
    assert(updates.length >= 6, text);
    assert(updates.slice(1, 6).every((update) => LINE.test(update)), text);
    // One line: no update breaks it, none is wider than the terminal.
    for (const update of updates.slice(0, 5)) {
      assert(!update.includes("\n") && update.length < 100, update);
    }
    const [, done] = /Stopped: (\d+) of 96 cells are in "o": the same command resumes/.exec(text) ??
      [];
    assert(done !== undefined, text);
    assertStrictEquals(new SqliteStore(`${folder}/o/records.sqlite`).read().records.length, +done);

    const again = onTerminal(folder, [...LONG, "--out", "o"]);
    const resumed = await transcript(again);
    assertStrictEquals((await again.status).code, 0, resumed);
    const first = /(\d+)\/96/.exec(resumed)?.[1];
    assert(Number(first) > Number(done), `resumed at ${first} of ${done}`);
    assertStrictEquals(new SqliteStore(`${folder}/o/records.sqlite`).read().records.length, 96);
  });
});

Deno.test("depthbench run writes plain lines where it is no terminal, and in CI", async () => {
  await withFolder(async (folder) => {
    const short = ["--limit", "1", "--max-tokens", "2"];
    const args = LONG.map((arg) => arg.replaceAll("'", "")).filter((arg, i, all) =>
      arg !== "--limit" && all[i - 1] !== "--limit"
    );
    const piped = await depthbench(folder, [...args, ...short, "--out", "p"]);
    assertStrictEquals(piped.code, 0, piped.err);
    assert(!piped.err.includes("\r") && !piped.err.includes("\x1b"), piped.err);

    const child = onTerminal(folder, [...LONG, "--out", "c"], { CI: "true", NO_COLOR: "1" });
    const text = await transcript(child);
    assertStrictEquals((await child.status).code, 0, text);
    assert(!text.includes("\x1b[K"), text);
    const plain = text.split("\r\n").filter((line) => /^\d+\/96 /.test(line));
    assertEquals(plain.filter((line) => !LINE.test(line)), []);
  });
});

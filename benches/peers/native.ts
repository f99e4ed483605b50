/**
 * Native llama.cpp as a peer: a Node process that runs `llama_cpp.mjs`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { InputError, UnsupportedError } from "../../harness/contract/errors.ts";
import { NODE_LLAMA_CPP, PEERS_FOLDER } from "./install.ts";
import type { Measure, Peer, PeerTask } from "./measure.ts";

type Answer = Readonly<Record<string, unknown>>;

/** Starts it. Rejects with `UnsupportedError` when it cannot run here. */
export async function openNative(task: PeerTask): Promise<Peer> {
  const child = new Child(task);
  const hello = await child.next();
  if (typeof hello.system !== "string") {
    throw new UnsupportedError(
      `Cannot run node-llama-cpp here: ${hello.error ?? "it ended before it was ready"}`,
    );
  }
  const prompt = task.prompts[97].tokens;
  /** Positions held, so that the prompt is evaluated again only after another one. */
  let held = "";
  const hold = async () => {
    if (held === "97") return;
    await child.ask({ do: "evaluate", from: 0, tokens: prompt, all: false });
    held = "97";
  };
  return {
    name: "llama.cpp (native)",
    details: [
      `node-llama-cpp ${NODE_LLAMA_CPP}, llama.cpp ${hello.release}, ${hello.threads} thread(s); ` +
      "times are llama_decode alone, without sampling",
      `System info: ${hello.system}`,
    ],
    async measure(measure: Measure): Promise<number> {
      if (measure.kind === "prefill") {
        held = "";
        const { tokens } = task.prompts[measure.count];
        return msOf(await child.ask({ do: "evaluate", from: 0, tokens, all: false }));
      }
      await hold();
      const from = prompt.length;
      if (measure.kind === "decode") {
        const ms = msOf(await child.ask({ do: "decode", from, tokens: task.forced }));
        return ms / task.forced.length;
      }
      const tokens = task.forced.slice(0, measure.count);
      return msOf(await child.ask({ do: "evaluate", from, tokens, all: true }));
    },
    async continuation(count) {
      held = "";
      const { tokens } = await child.ask({ do: "greedy", from: 0, tokens: prompt, count });
      return Array.isArray(tokens) ? tokens.map(Number) : [];
    },
    close: () => child.close(),
  };
}

function msOf({ ms }: Answer): number {
  if (typeof ms === "number") return ms;
  throw new InputError("Cannot read a time of node-llama-cpp: expected a number of ms");
}

/** The process: one line out, one line in. */
class Child {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;

  constructor({ modelPath, threads, context }: PeerTask) {
    const script = fileURLToPath(new URL("./llama_cpp.mjs", import.meta.url));
    const folder = fileURLToPath(new URL(`../../${PEERS_FOLDER}`, import.meta.url));
    try {
      this.#process = new Deno.Command("node", {
        args: [script, folder, modelPath, String(threads), String(context)],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
    } catch (cause) {
      throw new UnsupportedError("Cannot run node-llama-cpp: expected Node 20 or later as node", {
        cause,
      });
    }
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout);
  }

  async next(): Promise<Answer> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return {};
      if (value.startsWith("{")) return JSON.parse(value); // the binding may print, too
    }
  }

  async ask(request: Answer): Promise<Answer> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const answer = await this.next();
    if (Object.keys(answer).length > 0 && answer.error === undefined) return answer;
    throw new InputError(
      `Cannot measure node-llama-cpp: ${
        answer.error ?? "its process ended"
      }: request was "${request.do}"`,
    );
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#lines.return(undefined);
    await this.#process.status;
  }
}

/** Lines of a byte stream. */
export async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== "") yield rest;
}

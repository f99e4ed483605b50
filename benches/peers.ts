/**
 * `deno task bench:peers`: our backend beside native llama.cpp and wllama, on
 * the same file, prompts and thread counts, interleaved in one run.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import type { Command, CommandArguments, Io } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { EXIT } from "../cli/exit_code.ts";
import { loadModel } from "../cli/model_files.ts";
import { openProcessIo } from "../cli/process_io.ts";
import { UnsupportedError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { KNOWN_MODELS, MODELS_FOLDER } from "../models/known.ts";
import { oneOf, positiveInteger, positiveIntegers } from "./bench_flags.ts";
import { listOf } from "./bench_head.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { comparePeers, type PeerArm } from "./peers/compare.ts";
import { installPeers } from "./peers/install.ts";
import { type Measure, MEASURES, nameOf, type PeerTask } from "./peers/measure.ts";
import { openNative } from "./peers/native.ts";
import { openOurs } from "./peers/ours.ts";
import { promptOf, proseText } from "./peers/prompts.ts";
import { peerTable, rowCostTable } from "./peers/report.ts";
import { CHROMIUM, openBrowser, openWllama } from "./peers/wllama.ts";

const FOLDER = "out/bench";
const PEERS = ["native", "wllama"] as const;
const KINDS = ["decode", "prefill", "rows"] as const;
/** Tokens of the continuations that are held against each other. */
const CONTINUED = 8;

/** The `bench:peers` task as a command. */
export const benchPeers: Command = {
  name: "bench:peers",
  summary: "Time our backend beside native llama.cpp and wllama",
  usage: "bench:peers [--model smollm2] [--threads 1] [--backend wasm]",
  details: "Installs the peers below .cache/peers with npm; prints Markdown tables of ratios.",
  flags: {
    backend: { kind: "text", value: "<name>", help: "cpu or wasm; default wasm" },
    model: { kind: "text", value: "<model>", help: "Known name or path; default smollm2" },
    threads: { kind: "text", value: "<list>", help: "Thread counts of every peer; default 1" },
    peers: { kind: "text", value: "<list>", help: "native, wllama; default both" },
    measures: { kind: "text", value: "<list>", help: "decode, prefill, rows; default all" },
    visits: { kind: "number", value: "<n>", help: "Timed visits of each arm; default 3" },
    tokens: { kind: "number", value: "<n>", help: "Tokens decoded in a visit; default 16" },
    chromium: { kind: "text", value: "<path>", help: `Browser; default ${CHROMIUM}` },
    seed: { kind: "number", value: "<n>", help: "Seed of order and resampling; default 1" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const request = readRequest(flags);
    const machine = await readMachine();
    await installPeers(io.say);
    const model = await loadModel(request.model);
    io.write(`## Peers: ${model.checkpoint.info.name}\n\n`);
    io.write(listOf([
      `Model ${request.model}, ${model.checkpoint.info.digest}`,
      ...describeMachine(machine).split("\n"),
    ]));
    const closers: (() => Promise<void>)[] = [];
    try {
      const arms = await openArms({ request, model, io, closers });
      for (const { peer } of arms) {
        io.write(listOf(peer.details.map((it) => `${peer.name}: ${it}`)));
      }
      io.write(listOf([
        `${request.visits} visits, one measure after the other, arms in ABBA order; ` +
        `decoding ${request.tokens} tokens behind 97; medians with 95 % intervals`,
        ...await continuations(arms, model),
      ]));
      const times = await comparePeers(arms, {
        ...request,
        aborted({ visit, measure }) {
          io.say(`${visit < 0 ? "warming up" : `visit ${visit + 1}`}: ${nameOf(measure)}`);
          return io.signal.aborted;
        },
      });
      const best = request.threads.length > 1 ? ["best" as const] : [];
      for (const threads of [...request.threads, ...best]) {
        io.write(`\n${peerTable({ times, ...request, threads })}`);
        if (threads !== "best" && request.measures.some(({ kind }) => kind === "rows")) {
          io.write(`\n${rowCostTable({ times, threads })}`);
        }
      }
      await Deno.mkdir(FOLDER, { recursive: true });
      const file = `${FOLDER}/peers_${request.model.replaceAll(/\W+/g, "_")}.json`;
      await Deno.writeTextFile(
        file,
        `${JSON.stringify({ machine, request, times }, undefined, 1)}\n`,
      );
      io.say(`all times are in ${file}`);
      return io.signal.aborted ? EXIT.interrupted : EXIT.done;
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

function readRequest(flags: CommandArguments["flags"]) {
  const list = <T extends string>(flag: string, words: readonly T[]) =>
    (flags.text(flag) ?? words.join(",")).split(",").map((it) => oneOf(flag, it.trim(), words));
  const kinds = list("measures", KINDS);
  return {
    backend: flags.text("backend") ?? "wasm",
    model: flags.text("model") ?? "smollm2",
    threads: positiveIntegers("threads", flags.text("threads") ?? "1"),
    peers: list("peers", PEERS),
    measures: MEASURES.filter(({ kind }): boolean => kinds.includes(kind)) as readonly Measure[],
    visits: positiveInteger("visits", flags.number("visits") ?? 3),
    tokens: Math.max(8, positiveInteger("tokens", flags.number("tokens") ?? 16)),
    chromium: flags.text("chromium") ?? CHROMIUM,
    seed: flags.number("seed") ?? 1,
  };
}

/** The model's file, which every peer opens itself. */
function pathOf(name: string): string {
  const known = KNOWN_MODELS.find((model) => model.name === name);
  if (known === undefined) return name;
  return fileURLToPath(new URL(`../${MODELS_FOLDER}/${known.file}`, import.meta.url));
}

async function openArms({ request, model, io, closers }: {
  readonly request: ReturnType<typeof readRequest>;
  readonly model: LoadedModel;
  readonly io: Io;
  readonly closers: (() => Promise<void>)[];
}): Promise<readonly PeerArm[]> {
  const { tokenizer } = model;
  const tokens = tokenizer.encode(await proseText());
  const prompts = {
    97: promptOf(tokenizer, { tokens, count: 97 }),
    512: promptOf(tokenizer, { tokens, count: 512 }),
  };
  const forced = tokens.slice(600, 600 + request.tokens);
  const arms: PeerArm[] = [];
  const skipped = new Set<string>();
  let browser: Browser | undefined;
  for (const threads of request.threads) {
    const task: PeerTask = {
      modelPath: pathOf(request.model),
      prompts,
      forced,
      threads,
      context: 1024,
    };
    const open = async (id: PeerArm["id"], opening: () => Promise<PeerArm["peer"]>) => {
      try {
        const peer = await opening();
        closers.push(() => peer.close());
        arms.push({ id, threads, peer });
      } catch (error) {
        if (id === "ours" || !(error instanceof UnsupportedError)) throw error;
        if (!skipped.has(id)) io.write(listOf([`${id} is skipped: ${error.message}`]));
        skipped.add(id);
      }
    };
    await open("ours", () => openOurs(task, { model, backend: request.backend }));
    if (request.peers.includes("native")) await open("native", () => openNative(task));
    if (request.peers.includes("wllama")) {
      await open("wllama", async () => {
        if (browser === undefined) {
          const opened = await openBrowser(request.chromium);
          closers.push(() => opened.close());
          browser = opened;
        }
        return await openWllama(task, { browser, name: "wllama" });
      });
    }
  }
  return arms;
}

/** Whether all arms continue the prompt alike: that they do the same work. */
async function continuations(
  arms: readonly PeerArm[],
  { tokenizer }: LoadedModel,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { peer, threads } of arms) {
    const found = await peer.continuation(CONTINUED);
    const text = typeof found === "string" ? found : tokenizer.decode(found);
    lines.push(`${peer.name}, ${threads} thread(s), continues with ${JSON.stringify(text)}`);
  }
  return lines;
}

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(await dispatch([benchPeers.name, ...Deno.args], { commands: [benchPeers], io }));
}

/**
 * `deno task bench:backends`: times of the parts of a step, and what they
 * predict for static policies.
 *
 * @module
 */
import type { Command, CommandArguments, Io } from "../cli/command.ts";
import { dispatch } from "../cli/dispatch.ts";
import { EXIT } from "../cli/exit_code.ts";
import { openProcessIo } from "../cli/process_io.ts";
import { chosenThreads, positiveInteger, positiveIntegers } from "./bench_flags.ts";
import { benchHead, listOf } from "./bench_head.ts";
import { type BenchModel, openBenchModel, randomTokens } from "./bench_model.ts";
import { timeForcedArms } from "./forced_arms.ts";
import { readMachine } from "./machine.ts";
import { figure } from "./markdown_table.ts";
import { checkAgainstCpu } from "./oracle_check.ts";
import { benchParts } from "./part_bench.ts";
import { rateTable, sharingTable, timeTable } from "./part_report.ts";
import { type PartResults, readPartResults } from "./part_results.ts";
import { contextFor, openPartSlots, PREFIX } from "./part_times.ts";
import { predictionTable } from "./prediction_report.ts";
import { staticArms } from "./static_policies.ts";
import { measureBandwidth } from "./streaming_read.ts";

const ROWS = "1,2,3,4,5,6,7,8,97,512";
const FOLDER = "out/bench";
/** Visits of decoding policies per visit of parts: they are short and interrupted more often. */
const DECODE_VISITS = 3;

/** The `bench:backends` task as a command. */
export const benchBackends: Command = {
  name: "bench:backends",
  summary: "Time the parts of a step and predict static policies from them",
  usage: "bench:backends [--backend wasm] [--model smollm2] [--threads 1]",
  details: "Prints Markdown tables and writes a results file below out/bench.",
  flags: {
    backend: { kind: "text", value: "<name>", help: "cpu or wasm; default wasm" },
    model: { kind: "text", value: "<model>", help: "Name or path; default smollm2" },
    threads: { kind: "number", value: "<n>", help: "Threads; the backend's choice when absent" },
    rows: { kind: "text", value: "<list>", help: `Row counts; default ${ROWS}` },
    visits: { kind: "number", value: "<n>", help: "Timed visits of each part; default 11" },
    tokens: { kind: "number", value: "<n>", help: "Tokens that policies decode; default 8" },
    policies: { kind: "text", value: "<specs>", help: "Static policies that are predicted" },
    "parts-from": { kind: "text", value: "<path>", help: "Part times of an earlier run" },
    seed: { kind: "number", value: "<n>", help: "Seed of order and resampling; default 1" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const request = readRequest(flags);
    const machine = await readMachine();
    const bandwidth = await measureBandwidth(request.threads ?? 1);
    const opened = await openBenchModel({ ...request, slots: 4 });
    const { session } = opened;
    try {
      io.write(benchHead(opened, { title: "Parts of a step", machine }));
      io.write(
        listOf([
          `Streaming read, ${request.threads ?? 1} thread(s): ${figure(bandwidth / 1e9)} GB/s`,
          await checkedAgainst(opened),
          `Decoded rows stand behind ${PREFIX} positions, 97 and more are a prompt of their own; ` +
          `${request.visits} visits; medians with 95 % intervals`,
        ]) + "\n",
      );
      const aborted = (visit: number) => {
        io.say(visit < 0 ? "warming up" : `visit ${visit + 1}`);
        return io.signal.aborted;
      };
      const slots = openPartSlots(session);
      const results = request.partsFrom === undefined
        ? await benchParts(opened, { ...request, slots, machine, bandwidth, aborted })
        : readPartResults(await Deno.readTextFile(request.partsFrom), request.partsFrom);
      io.write(`${timeTable(results)}\n${sharingTable(results)}\n${rateTable(results)}\n`);
      if (io.signal.aborted) return EXIT.interrupted;
      if (request.partsFrom === undefined) await writeResults(results, { request, io });
      io.write(await predict(opened, { request, results, prefixed: slots.prefixed, aborted }));
      return io.signal.aborted ? EXIT.interrupted : EXIT.done;
    } finally {
      session.close();
    }
  },
};

function readRequest(flags: CommandArguments["flags"]) {
  const rowCounts = positiveIntegers("rows", flags.text("rows") ?? ROWS);
  const tokens = positiveInteger("tokens", flags.number("tokens") ?? 8);
  return {
    backend: flags.text("backend") ?? "wasm",
    model: flags.text("model") ?? "smollm2",
    threads: chosenThreads(flags),
    rowCounts,
    visits: positiveInteger("visits", flags.number("visits") ?? 11),
    tokens,
    policies: flags.text("policies"),
    partsFrom: flags.text("parts-from"),
    seed: flags.number("seed") ?? 1,
    context: Math.max(contextFor(rowCounts), PREFIX + tokens + 1),
  };
}

type Request = ReturnType<typeof readRequest>;

async function checkedAgainst({ session, model }: BenchModel): Promise<string> {
  const check = await checkAgainstCpu(session, model);
  if (check === undefined) return "This is the oracle: there is nothing to check it against";
  return `KL(cpu ‖ ${session.backend.name}) of the next token: ${figure(check.promptKl)} nats ` +
    `after a prompt, ${figure(check.partsKl)} after a row that skips parts`;
}

async function writeResults(
  results: PartResults,
  { request, io }: { readonly request: Request; readonly io: Io },
): Promise<void> {
  const { model, backend, threads } = request;
  const name = `parts_${model.replaceAll(/\W+/g, "_")}_${backend}_${threads ?? "own"}.json`;
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(`${FOLDER}/${name}`, `${JSON.stringify(results, undefined, 1)}\n`);
  io.say(`part times are in ${FOLDER}/${name}`);
}

/** Fixed exit at half depth and every second block, with both kinds of fill. */
function defaultPolicies(layerCount: number): string {
  return ["", ",fill=project"].flatMap((fill) => [
    `fixed_exit(exit=${Math.max(1, Math.floor(layerCount / 2))}${fill})`,
    `unified_layer_skipping(ratio=2${fill})`,
  ]).join(", ");
}

async function predict(
  { session }: BenchModel,
  { request, results, prefixed, aborted }: {
    readonly request: Request;
    readonly results: PartResults;
    readonly prefixed: number;
    aborted(visit: number): boolean;
  },
): Promise<string> {
  const { context, seed, policies, visits } = request;
  const { layerCount, vocabSize } = session.model;
  const tokens = randomTokens(vocabSize, request.tokens);
  const arms = await staticArms(session, {
    policies: policies ?? defaultPolicies(layerCount),
    tokens,
    context,
  });
  const timesMs = await timeForcedArms(session, {
    arms,
    prefixed,
    tokens: tokens.length,
    visits: DECODE_VISITS * visits,
    seed,
    aborted,
  });
  return predictionTable(results, { arms, timesMs, seed });
}

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(await dispatch([benchBackends.name, ...Deno.args], { commands: [benchBackends], io }));
}

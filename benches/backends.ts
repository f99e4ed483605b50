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
import { type BenchModel, openBenchModel, randomTokens, storageOf } from "./bench_model.ts";
import { ForcedTimer } from "./forced_arms.ts";
import { readMachine } from "./machine.ts";
import { figure } from "./markdown_table.ts";
import { checkAgainstCpu } from "./oracle_check.ts";
import { PARTS } from "./part.ts";
import { partResultsOf } from "./part_bench.ts";
import { rateTable, sharingTable, timeTable } from "./part_report.ts";
import { type PartResults, readPartResults, requireModel } from "./part_results.ts";
import {
  contextFor,
  FIRST_VISIT,
  openPartSlots,
  type PartSlots,
  PartTimer,
  PREFIX,
} from "./part_times.ts";
import { predictionTable } from "./prediction_report.ts";
import { type StaticArm, staticArms } from "./static_policies.ts";
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
    const { session, model } = opened;
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
      const slots = openPartSlots(session);
      const storage = storageOf(session, model, request.context);
      const policies = await policyArms(opened, request);
      const { samples, timesMs } = await timeAll(opened, { request, slots, policies, io });
      const results = request.partsFrom === undefined
        ? partResultsOf(opened, { ...request, samples, storage, machine, bandwidth })
        : await earlierResults(request.partsFrom, { digest: session.model.digest, io });
      io.write(`${timeTable(results)}\n${sharingTable(results)}\n${rateTable(results)}\n`);
      io.write(predictionTable(results, { arms: policies, timesMs, seed: request.seed }));
      if (request.partsFrom === undefined && !io.signal.aborted) {
        await writeResults(results, { request, io });
      }
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

async function earlierResults(
  path: string,
  { digest, io }: { readonly digest: string; readonly io: Io },
): Promise<PartResults> {
  const results = readPartResults(await Deno.readTextFile(path), path);
  requireModel(results, digest);
  const { backend, commit, cpu } = results;
  io.write(`Part times are of ${backend.name} ${backend.kernels}, ${cpu}, commit ${commit}\n\n`);
  return results;
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

async function policyArms(
  { session }: BenchModel,
  { policies, tokens, context }: Request,
): Promise<readonly StaticArm[]> {
  const { layerCount, vocabSize } = session.model;
  return await staticArms(session, {
    policies: policies ?? defaultPolicies(layerCount),
    tokens: randomTokens(vocabSize, tokens),
    context,
  });
}

/** Parts and policies in turn, so that both see the same machine. */
async function timeAll(
  { session }: BenchModel,
  { request, slots, policies, io }: {
    readonly request: Request;
    readonly slots: PartSlots;
    readonly policies: readonly StaticArm[];
    readonly io: Io;
  },
) {
  const { rowCounts, visits, seed, tokens, partsFrom } = request;
  const arms = partsFrom === undefined
    ? rowCounts.flatMap((rows) => PARTS.map((part) => ({ part, rows })))
    : [];
  const parts = new PartTimer(session, { arms, slots, seed });
  const decoding = new ForcedTimer(session, policies, { prefixed: slots.prefixed, tokens, seed });
  for (let visit = FIRST_VISIT; visit < visits && !io.signal.aborted; visit++) {
    io.say(visit < 0 ? "warming up" : `visit ${visit + 1} of ${visits}`);
    await parts.visit(visit);
    for (let i = 0; i < DECODE_VISITS; i++) await decoding.visit(DECODE_VISITS * visit + i);
  }
  return { samples: parts.samples(), timesMs: decoding.timesMs };
}

if (import.meta.main) {
  const io = openProcessIo();
  Deno.exit(await dispatch([benchBackends.name, ...Deno.args], { commands: [benchBackends], io }));
}

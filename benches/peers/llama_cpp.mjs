/**
 * Native llama.cpp in a Node process, driven by lines of JSON on stdin:
 *
 *     node llama_cpp.mjs <folder with node_modules> <model> <threads> <context>
 *     {"do": "evaluate", "from": 97, "tokens": [...], "all": true}  → {"ms": …}
 *     {"do": "decode", "from": 97, "tokens": [...]}                  → {"ms": …}, sum of all tokens
 *     {"do": "greedy", "from": 97, "token": 1, "count": 8}           → {"tokens": [...]}
 *
 * `from` cuts the sequence to that many tokens first. The first line written is
 * {"release": …, "system": …, "threads": …}; errors are {"error": …}.
 *
 * The package's own classes evaluate through a queue of promises; here batches
 * go straight to the binding beneath (`_ctx`), so times are those of
 * `llama_decode` and one hop to a worker thread. No sampling is timed.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, modelPath, threads, contextSize] = process.argv.slice(2);

function answer(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function open() {
  const entry = join(folder, "node_modules/node-llama-cpp/dist/index.js");
  const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
  const context = await model.createContext({
    contextSize: Number(contextSize),
    batchSize: 512,
    sequences: 1,
    threads: Number(threads),
  });
  const ctx = context._ctx;
  ctx.setThreads(Number(threads));
  const sampler = new llama._bindings.AddonSampler(model._model);
  sampler.applyConfig({ temperature: 0 });
  return { ctx, sampler, llama };
}

const { ctx, sampler, llama } = await open();
let length = 0;

/** Evaluates tokens behind the sequence in one batch; logits of all rows or of the last. */
async function evaluate(tokens, all) {
  const rows = all ? tokens.map((_, row) => row) : [tokens.length - 1];
  ctx.initBatch(tokens.length);
  const outputs = ctx.addToBatch(0, length, Uint32Array.from(tokens), Uint32Array.from(rows));
  await ctx.decodeBatch();
  length += tokens.length;
  return outputs;
}

function cut(from) {
  if (from > length) {
    throw new RangeError(`the sequence has ${length} tokens, ${from} were asked for`);
  }
  if (from === 0) ctx.disposeSequence(0);
  else if (from < length) ctx.removeTokenCellsFromSequence(0, from, -1);
  length = from;
}

async function perform(request) {
  cut(request.from);
  const start = performance.now();
  switch (request.do) {
    case "evaluate":
      await evaluate(request.tokens, request.all);
      return { ms: performance.now() - start };
    case "decode":
      for (const token of request.tokens) await evaluate([token], false);
      return { ms: performance.now() - start };
    case "greedy": {
      const tokens = [];
      let input = request.tokens;
      while (tokens.length < request.count) {
        const [output] = await evaluate(input, false);
        input = [await ctx.sampleToken(output, sampler)];
        tokens.push(input[0]);
      }
      return { tokens };
    }
    default:
      throw new RangeError(`unknown request "${request.do}"`);
  }
}

answer({
  release: llama.llamaCppRelease?.release ?? "unknown",
  system: llama.systemInfo.trim(),
  threads: ctx.getThreads(),
});
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answer(await perform(JSON.parse(line)));
  } catch (error) {
    answer({ error: String(error?.message ?? error) });
  }
}
process.exit(0);

/**
 * The page that runs wllama: puts `openPeer` and `complete` where the driver
 * calls them.
 *
 * wllama 3 takes text and answers with llama.cpp's own clock: `prompt_ms` for
 * the prompt, `predicted_ms` from the first token sampled to the last.
 *
 * @module
 */
const { Wllama } = await import(new URL("/wllama/index.js", globalThis.location.href).href);

const silent = () => {};
const wllama = new Wllama({ default: "/wllama/wasm/wllama.wasm" }, {
  suppressNativeLog: true,
  logger: { debug: silent, log: silent, warn: silent, error: silent },
});

/** Loads the model that the server serves. */
globalThis.openPeer = async ({ threads, context }) => {
  const blob = await (await fetch("/model.gguf")).blob();
  await wllama.loadModel([blob], {
    n_ctx: context,
    n_threads: threads,
    n_gpu_layers: 0,
    n_parallel: 1,
    warmup: false,
  });
  return {
    isolated: globalThis.crossOriginIsolated,
    version: Wllama.getLibllamaVersion(),
    threads: wllama.getNumThreads(),
  };
};

/** Continues a text greedily; `cached` keeps what is known of its beginning. */
globalThis.complete = async ({ text, count, cached }) => {
  const { choices, timings } = await wllama.createCompletion({
    prompt: text,
    max_tokens: count,
    temperature: 0,
    cache_prompt: cached,
    ignore_eos: true,
  });
  return { text: choices[0].text, timings };
};
globalThis.peerIsReady = true;

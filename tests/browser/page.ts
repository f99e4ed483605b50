/**
 * What the page and its worker run; bundled for browsers into one file.
 *
 * In a page it puts `run` where a driver calls it. As a worker it answers each
 * message, a {@linkcode PageTask}, with its outcomes.
 *
 * @module
 */
import { type ByteSource, embeddedModels, memorySource } from "../../mod.ts";
import { type Outcome, outcomesOf, type Task } from "./outcomes.ts";

/** A task and where its model comes from: the package when `model` is absent. */
export interface PageTask extends Task {
  /** Address of a GGUF file. */
  readonly model?: string | undefined;
}

/** What a page found. */
export interface PageOutcome {
  /** Whether memory may be shared with workers. */
  readonly isolated: boolean;
  /** All texts. */
  readonly outcomes: readonly Outcome[];
}

async function sourceOf(model: string | undefined): Promise<ByteSource> {
  if (model === undefined) return await embeddedModels[0]!.source();
  return memorySource(model, new Uint8Array(await (await fetch(model)).arrayBuffer()));
}

/** Runs a task on this very thread. */
async function runHere({ model, ...task }: PageTask): Promise<PageOutcome> {
  const isolated = Reflect.get(globalThis, "crossOriginIsolated") === true;
  return { isolated, outcomes: await outcomesOf(await sourceOf(model), task) };
}

/** Runs a task on a worker, as a page that stays responsive does. */
async function runInWorker(task: PageTask): Promise<PageOutcome> {
  const worker = new Worker(import.meta.url, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}

if ("document" in globalThis) {
  Object.assign(globalThis, { runHere, runInWorker, isReady: true });
} else {
  globalThis.addEventListener("message", (event) => {
    if (!(event instanceof MessageEvent)) return;
    runHere(event.data).then(postMessage, (error) => reportError(error));
  });
}

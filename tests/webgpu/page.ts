/**
 * What the page runs; bundled for browsers into one file.
 *
 * @module
 */
import { memorySource } from "../../mod.ts";
import { type TextOutcome, textsOn, type TextTask } from "./texts.ts";

/** Runs a task on the model at an address. */
async function runHere(model: string, task: TextTask): Promise<TextOutcome> {
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  return await textsOn(memorySource(model, bytes), task);
}

Object.assign(globalThis, { runHere, isReady: true });

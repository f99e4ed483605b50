/**
 * Greedy texts of one model on webgpu: the same code in Deno and in a page.
 *
 * @module
 */
import {
  type ByteSource,
  openModel,
  parsePolicySpecs,
  type SessionMemory,
  webgpuBackend,
} from "../../mod.ts";
import { type Text, textOf } from "../browser/outcomes.ts";

/** What to run. */
export interface TextTask {
  /** Text to continue. */
  readonly prompt: string;
  /** Policies as on the command line. */
  readonly policies: string;
  /** Tokens of each text. */
  readonly maxTokens: number;
}

/** What came of it. */
export interface TextOutcome {
  /** What the session says of itself. */
  readonly features: readonly string[];
  /** What it holds. */
  readonly memory: SessionMemory;
  /** A text for each policy. */
  readonly texts: readonly Text[];
}

/** Continues the prompt under every policy. */
export async function textsOn(source: ByteSource, task: TextTask): Promise<TextOutcome> {
  const { checkpoint, tokenizer } = await openModel(source);
  const prompt = tokenizer.encode(task.prompt);
  const session = await webgpuBackend.open(checkpoint, { slots: 1, context: 64 });
  try {
    const texts: Text[] = [];
    for (const spec of parsePolicySpecs(task.policies)) {
      texts.push(await textOf(session, { spec, prompt, maxTokens: task.maxTokens }));
    }
    return { features: session.backend.features, memory: session.memory(), texts };
  } finally {
    session.close();
  }
}

/**
 * The families that are read.
 *
 * @module
 */
import type { Family } from "./family.ts";
import { gpt2 } from "./gpt2.ts";
import { llama } from "./llama.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";
import { smollm3 } from "./smollm3.ts";

export type { Family };

/** All families. */
export const FAMILIES: readonly Family[] = [llama, smollm3, qwen2, qwen3, gpt2];

/** Their names, for messages: `"llama", "smollm3" or "gpt2"`. */
export function familyNames(): string {
  const names = FAMILIES.map(({ name }) => `"${name}"`);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/**
 * Which known chat format a model file asks for.
 *
 * The template in the file is hashed in a normal form (escaped line breaks made
 * real, then all white space removed) and looked up. An unknown template that
 * mentions both ChatML tokens, in a vocabulary that has them as special
 * tokens, is taken for ChatML. Nothing of the template is ever evaluated.
 *
 * @module
 */
import type { ChatFormat } from "../../harness/contract/model.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import type { Vocabulary } from "../tokenizer/vocabulary.ts";
import { chatml, smollm2 } from "./formats.ts";

/** Formats by the SHA-256 of their template's normal form. */
const KNOWN: ReadonlyMap<string, ChatFormat> = new Map([
  ["b85639e34583e4599bb8912c5855e3be3643d9c886812e5db075bfa1056aeaad", smollm2],
  ["711863d9666538c88973a75fca644755eebef7fd211d93c1d088f0836d36ae35", chatml],
]);

/** The format of `template`, `undefined` if there is none or none that is known. */
export function detectChatFormat(
  template: string | undefined,
  { ids, kinds }: Pick<Vocabulary, "ids" | "kinds">,
): ChatFormat | undefined {
  if (template === undefined) return undefined;
  const tokens = ["<|im_start|>", "<|im_end|>"];
  const hasTokens = tokens.every((token) => {
    const id = ids.get(token);
    return id !== undefined && kinds[id] === "control";
  });
  if (!hasTokens) return undefined;
  const known = KNOWN.get(sha256Hex(normalForm(template)));
  if (known !== undefined) return known;
  return tokens.every((token) => template.includes(token)) ? chatml : undefined;
}

/** The template without its white space. */
export function normalForm(template: string): string {
  return template.replaceAll("\\n", "\n").replace(/\s+/gu, "");
}

/**
 * Prompts → token ids, as they are or as one user turn of the chat format.
 *
 * @module
 */
import { UnsupportedError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { encodeChat } from "../models/mod.ts";

/**
 * Ids of `prompt`. Plain prompts start with the model's beginning-of-sequence
 * id where it uses one. Throws `UnsupportedError` for a chat prompt of a model
 * without a known chat format.
 */
export function promptTokens(
  model: LoadedModel,
  { prompt, framing }: { readonly prompt: string; readonly framing: "plain" | "chat" },
): readonly number[] {
  const { tokenizer, chat, checkpoint } = model;
  if (framing === "plain") {
    const tokens = tokenizer.encode(prompt);
    return tokenizer.bos === undefined ? tokens : [tokenizer.bos, ...tokens];
  }
  if (chat === undefined) {
    throw new UnsupportedError(
      `Cannot put a prompt into a chat format: expected a model with a known one: model "${checkpoint.info.name}" has none: use plain prompts`,
    );
  }
  return encodeChat(tokenizer, chat, [{ role: "user", content: prompt }]);
}

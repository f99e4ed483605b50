/**
 * Conversations as segments, so that what a person wrote can never become
 * markup: only segments marked special are looked up among special tokens.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { ChatFormat, ChatMessage, Tokenizer } from "../../harness/contract/model.ts";

/** A piece of a rendered conversation. */
export interface ChatSegment {
  /** The text. */
  readonly text: string;
  /** Whether it is one special token written out. */
  readonly special: boolean;
}

/** A chat format that keeps markup and content apart. */
export interface SegmentedChatFormat extends ChatFormat {
  /** Segments whose texts joined are `render(messages)`. */
  segments(messages: readonly ChatMessage[]): readonly ChatSegment[];
}

/** Completes a format whose text follows from its segments. */
export function segmentedFormat(
  format: Omit<SegmentedChatFormat, "render">,
): SegmentedChatFormat {
  return {
    ...format,
    render: (messages) => format.segments(messages).map(({ text }) => text).join(""),
  };
}

/**
 * Ids of a conversation, ready for the assistant's answer.
 *
 * Special tokens written out inside a message stay plain text. Where no message
 * holds any, the ids equal those of the rendered text with `special: true`.
 *
 * Errors: `UnsupportedError` if the format does not keep markup and content apart.
 */
export function encodeChat(
  tokenizer: Tokenizer,
  format: ChatFormat,
  messages: readonly ChatMessage[],
): number[] {
  if (!isSegmented(format)) {
    throw new UnsupportedError(
      `Cannot encode a conversation: expected a chat format with segments: format "${format.name}" has none`,
    );
  }
  const ids: number[] = [];
  let plain = ""; // adjacent plain segments are one text, as they are in the rendered one
  const flush = (): void => {
    for (const id of tokenizer.encode(plain)) ids.push(id);
    plain = "";
  };
  for (const { text, special } of format.segments(messages)) {
    if (!special) {
      plain += text;
      continue;
    }
    flush();
    for (const id of tokenizer.encode(text, { special: true })) ids.push(id);
  }
  flush();
  return ids;
}

function isSegmented(format: ChatFormat): format is SegmentedChatFormat {
  return "segments" in format && typeof format.segments === "function";
}

/**
 * Chat formats by name. Templates in model files are compared, never run.
 *
 * @module
 */
import type { ChatMessage } from "../../harness/contract/model.ts";
import { type ChatSegment, type SegmentedChatFormat, segmentedFormat } from "./segments.ts";

const START = "<|im_start|>";
const END = "<|im_end|>";
const SMOLLM2_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

/** ChatML: every message between `<|im_start|>role` and `<|im_end|>`. */
export const chatml: SegmentedChatFormat = segmentedFormat({
  name: "chatml",
  stops: [END],
  segments: chatmlSegments,
});

/** ChatML as SmolLM2 was tuned on: with a system message of its own if there is none. */
export const smollm2: SegmentedChatFormat = segmentedFormat({
  name: "smollm2",
  stops: [END],
  segments(messages) {
    const first = messages[0];
    const needsSystem = first !== undefined && first.role !== "system";
    return chatmlSegments(
      needsSystem ? [{ role: "system", content: SMOLLM2_SYSTEM }, ...messages] : messages,
    );
  },
});

/** No markup: contents with an empty line between them, for models without a chat format. */
export const plain: SegmentedChatFormat = segmentedFormat({
  name: "plain",
  stops: [],
  segments: (messages) => [
    { text: messages.map(({ content }) => content).join("\n\n"), special: false },
  ],
});

/** All formats by name. */
export const CHAT_FORMATS: ReadonlyMap<string, SegmentedChatFormat> = new Map(
  [chatml, smollm2, plain].map((format) => [format.name, format]),
);

function chatmlSegments(messages: readonly ChatMessage[]): ChatSegment[] {
  const markup = (text: string): ChatSegment => ({ text, special: true });
  const text = (text: string): ChatSegment => ({ text, special: false });
  return [
    ...messages.flatMap(({ role, content }) => [
      markup(START),
      text(`${role}\n${content}`),
      markup(END),
      text("\n"),
    ]),
    markup(START),
    text("assistant\n"),
  ];
}

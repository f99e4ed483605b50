/**
 * Models: opening files, tokenizers, chat formats, synthetic models.
 *
 * @module
 */
export { memorySource } from "./byte_source.ts";
export { detectChatFormat } from "./chat/detect.ts";
export { CHAT_FORMATS, chatml, plain, smollm2 } from "./chat/formats.ts";
export {
  type ChatSegment,
  encodeChat,
  type SegmentedChatFormat,
  segmentedFormat,
} from "./chat/segments.ts";
export { type DigestSizes, digestSource } from "./digest.ts";
export type { GgmlType } from "./gguf/ggml_type.ts";
export { DEFAULT_LIMITS, type GgufLimits } from "./gguf/limits.ts";
export { Metadata, type MetadataEntry, type NumberRange } from "./gguf/metadata.ts";
export { type GgufFile, readGguf, type ReadGgufOptions } from "./gguf/read_gguf.ts";
export type { GgufTensor } from "./gguf/tensor_info.ts";
export type {
  FixedType,
  GgufArray,
  GgufValue,
  NumberArray,
  StringArray,
  ValueType,
} from "./gguf/value.ts";
export { estimateMemory } from "./memory.ts";
export { openGguf, openModel, type OpenModelOptions } from "./open.ts";
export { type ModelFolder, openFolder } from "./open_folder.ts";
export {
  HEIGHT_CONVENTION,
  type LayoutBase,
  type LayoutPart,
  type LayoutStep,
  PARTS_KEY,
  type PartsLayout,
  partsLayoutJsonSchema,
} from "./parts/layout.ts";
export { joinParts, type PartsFile, partsFor, readParts } from "./parts/read_parts.ts";
export { DEFAULT_SAFETENSORS_LIMITS, type SafetensorsLimits } from "./safetensors/limits.ts";
export { readSafetensors, type SafetensorsFile } from "./safetensors/read_safetensors.ts";
export { syntheticModel, type SyntheticShape } from "./synthetic.ts";
export { toyTokenizer } from "./tokenizer/toy.ts";
export type { TokenKind, Vocabulary } from "./tokenizer/vocabulary.ts";

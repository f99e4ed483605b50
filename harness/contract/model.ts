/**
 * What a model is to the rest of the harness: shapes, architecture as data,
 * tensors by role, a tokenizer, a chat format. Readers in `models/` make these,
 * backends consume them; neither knows the other.
 *
 * @module
 */

/** Random access to bytes: a file, a Blob, an HTTP resource with ranges. */
export interface ByteSource {
  /** A short name for messages: a file name, never an absolute path. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes at `offset`; rejects when they are not there. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Storage formats of a tensor that the harness can decode. */
export type TensorType =
  | "f32"
  | "f16"
  | "bf16"
  | "q8_0"
  | "q4_0"
  | "q4_1"
  | "q5_0"
  | "q5_1"
  | "q4_k"
  | "q5_k"
  | "q6_k";

/**
 * A tensor as stored. `shape` is `[rows, columns]` for matrices, row-major,
 * each row holding the weights of one output; `[n]` for vectors.
 */
export interface StoredTensor {
  /** The name in the file, for messages. */
  readonly name: string;
  /** Storage format. */
  readonly type: TensorType;
  /** `[n]` or `[rows, columns]`. */
  readonly shape: readonly number[];
  /** Bytes as stored. */
  readonly byteLength: number;
  /** Reads the bytes as stored. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Tensors outside the blocks. `output` is absent when the head is tied; `positions`
 * [context, dModel] are learned and added to the embedding.
 */
export type GlobalRole = "embedding" | "positions" | "outputNorm" | "outputNormBias" | "output";

/**
 * Tensors of one block. `…Bias` is added after the matrix or norm that it is named
 * after; `queryNorm` and `keyNorm` [headDim] normalize each head before it is rotated.
 */
export type BlockRole =
  | "attentionNorm"
  | "attentionNormBias"
  | "query"
  | "queryBias"
  | "queryNorm"
  | "key"
  | "keyBias"
  | "keyNorm"
  | "value"
  | "valueBias"
  | "attentionOutput"
  | "attentionOutputBias"
  | "mlpNorm"
  | "mlpNormBias"
  | "gate"
  | "up"
  | "upBias"
  | "down"
  | "downBias";

/** Rotary position embedding. */
export interface Rope {
  /** Base of the geometric series of frequencies. */
  readonly base: number;
  /** Number of dimensions of each head that are rotated (even, ≤ headDim). */
  readonly dimensions: number;
  /** Which two dimensions form a pair: (2i, 2i+1) or (i, i + dimensions/2). */
  readonly pairing: "adjacent" | "halves";
  /** Divides the frequency of each pair; all 1 when absent. Length `dimensions / 2`. */
  readonly factors?: readonly number[];
  /** Blocks that do not rotate; none when absent. */
  readonly exceptBlocks?: readonly number[];
}

/** What differs between model families, as data. */
export interface Architecture {
  /** Family name: `"llama"`. */
  readonly family: string;
  /** `rms`: x / rms(x) · w. `layer`: (x − mean) / deviation · w + bias. */
  readonly norm: "rms" | "layer";
  /** Epsilon of the normalizations, added to the mean square or to the variance. */
  readonly normEpsilon: number;
  /** Function of the MLP: of the gate, or of `up` without one. `gelu` is the tanh form. */
  readonly activation: "silu" | "gelu";
  /** Rotary position embedding of queries and keys; none where positions are learned. */
  readonly rope: Rope | undefined;
  /** Tensors that each block has. */
  readonly blockRoles: readonly BlockRole[];
  /** Tensors outside the blocks, `output` too where it is tied. */
  readonly globalRoles: readonly GlobalRole[];
}

/** Shapes and identity of an opened model. All counts are validated positive integers. */
export interface ModelInfo {
  /** Short name for people. */
  readonly name: string;
  /** Family name of the architecture. */
  readonly family: string;
  /** Number of decoder blocks L. Heights run 0..L. */
  readonly layerCount: number;
  /** Width D of the residual stream. */
  readonly dModel: number;
  /** Inner width of the MLP. */
  readonly ffnSize: number;
  /** Whether the MLP is gated (three matrices) or plain (two). */
  readonly gated: boolean;
  /** Number of query heads. */
  readonly heads: number;
  /** Number of key/value heads; divides `heads`. */
  readonly kvHeads: number;
  /** Dimensions of one head. */
  readonly headDim: number;
  /** Vocabulary size V. */
  readonly vocabSize: number;
  /** Whether the unembedding shares the embedding's weights. */
  readonly tiedHead: boolean;
  /** Longest sequence in tokens. */
  readonly context: number;
  /** Digest of the weights file: `"sha256:…"`. */
  readonly digest: string;
}

/** A model file opened by a reader: validated shapes, and tensors to read. */
export interface Checkpoint {
  /** Shapes and identity. */
  readonly info: ModelInfo;
  /** What the blocks compute. */
  readonly architecture: Architecture;
  /** Bytes of all weights as stored. */
  readonly weightBytes: number;
  /**
   * A tensor outside the blocks; `"output"` of a tied head gives the embedding. Throws
   * `RangeError` for a role that the architecture does not list.
   */
  tensor(role: GlobalRole): StoredTensor;
  /** A tensor of block `l`, 0-based; throws as `tensor` does. */
  blockTensor(block: number, role: BlockRole): StoredTensor;
}

/** Turns a stream of token ids into text without splitting UTF-8 characters. */
export interface TextStream {
  /** Adds a token and returns the text that became complete, possibly `""`. */
  push(token: number): string;
  /** Ends the stream; incomplete bytes become U+FFFD. */
  end(): string;
}

/** Text to token ids and back. */
export interface Tokenizer {
  /** Number of ids. */
  readonly vocabSize: number;
  /** Digest of vocabulary, merges and pre-tokenizer: `"sha256:…"`. */
  readonly digest: string;
  /** Beginning-of-sequence id, if the model uses one. */
  readonly bos: number | undefined;
  /** Ids that end a generation. Never empty for a model that can stop. */
  readonly eos: readonly number[];
  /**
   * Ids of `text`. Special tokens written out in the text are recognized only
   * with `special: true`; nothing is added in front or behind.
   */
  encode(text: string, options?: { readonly special?: boolean }): number[];
  /** Text of `tokens`; invalid UTF-8 becomes U+FFFD. Special tokens are written out. */
  decode(tokens: readonly number[]): string;
  /** The bytes of one token. */
  bytes(token: number): Uint8Array;
  /** Starts a streaming decode. */
  stream(): TextStream;
}

/** One message of a conversation. */
export interface ChatMessage {
  /** Who speaks. */
  readonly role: "system" | "user" | "assistant";
  /** What is said. */
  readonly content: string;
}

/** A chat format known by name. Templates in model files are never evaluated. */
export interface ChatFormat {
  /** Name: `"chatml"`, `"smollm2"`, `"plain"`. */
  readonly name: string;
  /** Text of the conversation, ready for the assistant's answer, with special tokens written out. */
  render(messages: readonly ChatMessage[]): string;
  /** Texts that end the assistant's turn. */
  readonly stops: readonly string[];
}

/** A model ready to be opened on a backend. */
export interface LoadedModel {
  /** Weights and architecture. */
  readonly checkpoint: Checkpoint;
  /** Its tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Its chat format, `undefined` when the file names none that is known. */
  readonly chat: ChatFormat | undefined;
}

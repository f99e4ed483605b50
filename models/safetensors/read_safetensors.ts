/**
 * Reader of safetensors files.
 *
 *     u64 little-endian n · n bytes of JSON header · tensor data
 *
 * The header names every tensor with its type, shape and range of bytes after the
 * header, and may hold strings under `__metadata__`. Ranges must follow each other
 * without holes or overlaps from the first byte after the header to the last of the
 * file. Only the header is read; data stay in the file.
 *
 * Layout: the format's README at huggingface/safetensors.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../../harness/contract/errors.ts";
import type { ByteSource, StoredTensor, TensorType } from "../../harness/contract/model.ts";
import { findNonFinite } from "../../harness/numerics/quantization/mod.ts";
import { visible } from "../gguf/visible.ts";
import { HeaderText } from "./header_text.ts";
import {
  DEFAULT_SAFETENSORS_LIMITS,
  MAX_SAFETENSORS_RANK,
  type SafetensorsLimits,
} from "./limits.ts";

/** Types that can be decoded, and the bytes of an element. */
const TYPES: ReadonlyMap<string, { readonly type: TensorType; readonly bytes: number }> = new Map([
  ["F32", { type: "f32", bytes: 4 }],
  ["F16", { type: "f16", bytes: 2 }],
  ["BF16", { type: "bf16", bytes: 2 }],
]);

/** Other types of the format: named in the refusal, never read. */
const OTHER_TYPES =
  /^(?:BOOL|[IU](?:8|16|32|64)|F64|C64|F8_E5M2|F8_E4M3|F8_E8M0|F6_E2M3|F6_E3M2|F4)$/;

/** A safetensors file whose header is read and consistent. */
export interface SafetensorsFile {
  /** Where the data are. */
  readonly source: ByteSource;
  /** File offset of the first byte of data. */
  readonly dataOffset: number;
  /** Strings of `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Tensors by name, in the order of their data. Shapes as stored: `[rows, columns]`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** A tensor's entry, before it is checked against the others. */
interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly dtype: string;
  readonly shape: readonly bigint[];
  readonly range: readonly bigint[];
}

/**
 * Reads and checks the header by ranges.
 *
 * Errors: `ModelFormatError` with field and offset for anything malformed;
 * `UnsupportedError` for tensors of types that cannot be decoded.
 */
export async function readSafetensors(
  source: ByteSource,
  given: Partial<SafetensorsLimits> = {},
): Promise<SafetensorsFile> {
  const limits = { ...DEFAULT_SAFETENSORS_LIMITS, ...given };
  const length = await readHeaderLength(source, limits);
  const text = new HeaderText(await readHeaderText(source, length), 8);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  const bounds = { most: limits.tensorCount + 1, keyLength: limits.keyLength };
  text.members("header", bounds, (name) => {
    if (name !== "__metadata__") return entries.push(readEntry(text, name));
    text.members(name, { most: limits.metadataCount, keyLength: limits.keyLength }, (key) => {
      metadata.set(key, text.string(key, limits.valueLength));
    });
  });
  text.end();
  const dataOffset = 8 + length;
  return { source, dataOffset, metadata, tensors: layOut(entries, { source, dataOffset, limits }) };
}

async function readHeaderLength(source: ByteSource, limits: SafetensorsLimits): Promise<number> {
  const fail = (message: string, limit: number): never => {
    throw new ModelFormatError(message, { offset: 0, field: "header length", limit });
  };
  if (source.size > limits.fileBytes) {
    fail(
      `the file must be <= ${limits.fileBytes} bytes: current value is ${source.size}`,
      limits.fileBytes,
    );
  }
  if (source.size < 8) {
    fail(`the file is truncated: expected 8 bytes: current value is ${source.size}`, source.size);
  }
  const bytes = await source.read(0, 8);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(limits.headerBytes, source.size - 8);
  if (length < 2n || length > BigInt(most)) {
    fail(`must be >= 2 and <= ${most}: current value is ${length}`, most);
  }
  return Number(length);
}

async function readHeaderText(source: ByteSource, length: number): Promise<string> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(await source.read(8, length));
    if (text.startsWith("{")) return text;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ModelFormatError("expected UTF-8", { offset: 8, field: "header" }, { cause });
  }
  throw new ModelFormatError('expected it to begin with "{"', { offset: 8, field: "header" });
}

function readEntry(text: HeaderText, name: string): Entry {
  const { offset } = text;
  let dtype: string | undefined;
  let shape: readonly bigint[] | undefined;
  let range: readonly bigint[] | undefined;
  text.members(name, { most: 3, keyLength: 16 }, (key) => {
    if (key === "dtype") dtype = text.string(key, 16);
    else if (key === "shape") shape = text.list(key, MAX_SAFETENSORS_RANK);
    else if (key === "data_offsets") range = text.list(key, 2);
    else throw text.fault(name, `expected dtype, shape and data_offsets: "${visible(key)}" came`);
  });
  if (dtype === undefined || shape === undefined || range?.length !== 2) {
    throw text.fault(name, "expected dtype, shape and two data_offsets");
  }
  return { name, offset, dtype, shape, range };
}

/** Checks entries against each other and the file; tensors in the order of their data. */
function layOut(
  entries: readonly Entry[],
  { source, dataOffset, limits }: {
    readonly source: ByteSource;
    readonly dataOffset: number;
    readonly limits: SafetensorsLimits;
  },
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  const dataBytes = BigInt(source.size - dataOffset);
  let end = 0n;
  const sorted = entries.toSorted((a, b) => a.range[0]! < b.range[0]! ? -1 : 1);
  for (const { name, offset, dtype, shape, range } of sorted) {
    const fail = (message: string, limit?: string): never => {
      const place = { offset, field: visible(name) };
      throw new ModelFormatError(message, limit === undefined ? place : { ...place, limit });
    };
    const [from, to] = range as [bigint, bigint];
    const known = TYPES.get(dtype);
    if (known === undefined) {
      if (!OTHER_TYPES.test(dtype)) fail(`expected a known dtype: "${visible(dtype)}" came`);
      throw new UnsupportedError(
        `Cannot read tensor "${visible(name)}" of "${source.name}": expected type F32, F16 or ` +
          `BF16: type ${dtype} is not supported`,
      );
    }
    if (shape.some((size) => size < 1n)) fail(`expected sizes >= 1: shape is [${shape}]`);
    const elements = shape.reduce((product, size) => product * size, 1n);
    if (elements > limits.tensorElements) {
      fail(`must have <= ${limits.tensorElements} elements`, String(limits.tensorElements));
    }
    if (to > dataBytes) {
      fail(`its data end at byte ${to} of ${dataBytes}: the file is truncated`, String(dataBytes));
    }
    if (from !== end) fail(`its data must begin at byte ${end}, without hole or overlap: ${from}`);
    const byteLength = elements * BigInt(known.bytes);
    if (to - from !== byteLength) {
      fail(`its data must be ${byteLength} bytes by type and shape: ${to - from}`);
    }
    end = to;
    const at = { start: dataOffset + Number(from), byteLength: Number(byteLength) };
    tensors.set(
      name,
      storedTensor(source, { name, type: known.type, shape: shape.map(Number), ...at }),
    );
  }
  if (end !== dataBytes) {
    throw new ModelFormatError(
      `its tensors must fill the file to byte ${dataBytes} of data: they end at ${end}`,
      { offset: dataOffset + Number(end), field: "data", limit: String(dataBytes) },
    );
  }
  return tensors;
}

/** A tensor of the contract; reading checks that every number is finite. */
function storedTensor(
  source: ByteSource,
  { name, type, shape, start, byteLength }: Pick<StoredTensor, "name" | "type" | "shape"> & {
    readonly start: number;
    readonly byteLength: number;
  },
): StoredTensor {
  return {
    name: visible(name),
    type,
    shape,
    byteLength,
    async read() {
      const bytes = await source.read(start, byteLength);
      const broken = findNonFinite(type, bytes);
      if (broken === undefined) return bytes;
      throw new ModelFormatError("expected finite numbers: current value is NaN or infinite", {
        offset: start + broken,
        field: visible(name),
      });
    },
  };
}

/**
 * Reader of GGUF files, versions 2 and 3, little-endian.
 *
 *     "GGUF" · u32 version · u64 tensors · u64 pairs
 *     pairs:   string key · u32 type · value
 *     tensors: string name · u32 rank · u64 sizes[rank] · u32 type · u64 offset
 *     padding to the alignment · data
 *
 * A string is a u64 length and its UTF-8 bytes; an array is u32 type, u64
 * count, elements. Only header and lists are read; data stay in the file.
 * Layout: the GGUF specification of the ggml project.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { Cursor } from "./cursor.ts";
import { ALIGNMENT_RANGE, DEFAULT_ALIGNMENT, DEFAULT_LIMITS, type GgufLimits } from "./limits.ts";
import { type Metadata, readMetadata } from "./metadata.ts";
import { type GgufTensor, readTensorList } from "./tensor_info.ts";

/** The first four bytes of a GGUF file. */
export const GGUF_MAGIC = "GGUF";

/** Bytes of a pair and of a tensor's entry at the very least. */
const SMALLEST_PAIR = 8 + 4 + 1;
const SMALLEST_TENSOR = 8 + 4 + 8 + 4 + 8;

/** Options of {@linkcode readGguf}. */
export interface ReadGgufOptions {
  /** Bounds that replace the default ones. */
  readonly limits?: Partial<GgufLimits>;
}

/** A GGUF file whose header and lists are read and consistent. */
export interface GgufFile {
  /** Where the data are. */
  readonly source: ByteSource;
  /** Version in the header: 2 or 3. */
  readonly version: number;
  /** Alignment of tensor data in bytes. */
  readonly alignment: number;
  /** Key–value pairs. */
  readonly metadata: Metadata;
  /** Tensors by name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/**
 * Reads header, metadata and tensor list by ranges.
 *
 * Errors: `ModelFormatError` with field and offset for anything malformed.
 */
export async function readGguf(
  source: ByteSource,
  options: ReadGgufOptions = {},
): Promise<GgufFile> {
  const limits: GgufLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const cursor = new Cursor(source, limits.headerBytes);
  const version = await readVersion(cursor);

  await cursor.need(8, "tensor_count");
  const tensorCount = readCount(cursor, "tensor_count", limits.tensorCount);
  await cursor.need(8, "metadata_kv_count");
  const countsOffset = cursor.offset;
  const metadataCount = readCount(cursor, "metadata_kv_count", limits.metadataCount);
  const smallest = metadataCount * SMALLEST_PAIR + tensorCount * SMALLEST_TENSOR;
  if (smallest > cursor.remaining) {
    throw new ModelFormatError(
      `counts do not fit into the file: ${tensorCount} tensors and ${metadataCount} pairs need >= ${smallest} bytes: current value is ${cursor.remaining}`,
      { offset: countsOffset, field: "metadata_kv_count", limit: cursor.remaining },
    );
  }

  const metadata = await readMetadata(cursor, { count: metadataCount, limits });
  const alignment = readAlignment(metadata);
  const tensors = await readTensorList(cursor, {
    count: tensorCount,
    alignment,
    fileSize: source.size,
    limits,
  });
  return { source, version, alignment, metadata, tensors };
}

async function readVersion(cursor: Cursor): Promise<number> {
  await cursor.need(4, "magic");
  const magic = String.fromCharCode(...cursor.bytes(4));
  if (magic !== GGUF_MAGIC) {
    throw new ModelFormatError(`expected "GGUF": current value is ${JSON.stringify(magic)}`, {
      offset: 0,
      field: "magic",
    });
  }
  await cursor.need(4, "version");
  const version = cursor.u32();
  if (version === 2 || version === 3) return version;
  const isSwapped = (version & 0xffff) === 0 && version !== 0;
  throw new ModelFormatError(
    isSwapped ? "big-endian files are not accepted" : `must be 2 or 3: current value is ${version}`,
    { offset: 4, field: "version", limit: 3 },
  );
}

function readCount(cursor: Cursor, field: string, limit: number): number {
  const offset = cursor.offset;
  const count = cursor.u64();
  if (count > BigInt(limit)) {
    throw new ModelFormatError(`must be <= ${limit}: current value is ${count}`, {
      offset,
      field,
      limit,
    });
  }
  return Number(count);
}

function readAlignment(metadata: Metadata): number {
  const key = "general.alignment";
  const entry = metadata.entries.get(key);
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  if (entry.type !== "uint32") {
    throw new ModelFormatError(`expected type uint32: current type is ${entry.type}`, {
      offset: entry.offset,
      field: key,
    });
  }
  const [min, max] = ALIGNMENT_RANGE;
  const alignment = metadata.required(key, metadata.integer(key, { min, max }));
  if ((alignment & (alignment - 1)) !== 0) {
    throw new ModelFormatError(`must be a power of two: current value is ${alignment}`, {
      offset: entry.offset,
      field: key,
    });
  }
  return alignment;
}

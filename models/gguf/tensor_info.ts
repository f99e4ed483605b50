/**
 * The list of tensors in a GGUF file, and the layout of their data.
 *
 * @module
 */
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { Cursor } from "./cursor.ts";
import { GGML_TYPES, type GgmlType } from "./ggml_type.ts";
import { type GgufLimits, MAX_DIMENSIONS } from "./limits.ts";
import { readString } from "./value.ts";
import { visible } from "./visible.ts";

/** One tensor as the file lists it; where its data lie is checked. */
export interface GgufTensor {
  /** Name, unique in the file. */
  readonly name: string;
  /** Type with its block geometry. */
  readonly ggml: GgmlType;
  /** Sizes as in the file: the fastest-varying dimension first. */
  readonly dimensions: readonly number[];
  /** Number of values. */
  readonly elements: number;
  /** Bytes of its data. */
  readonly byteLength: number;
  /** Byte offset of its data in the file. */
  readonly dataOffset: number;
  /** Byte offset of its entry in the list, for messages. */
  readonly infoOffset: number;
}

/** An entry whose offset was not held against the file yet. */
interface ListedTensor extends Omit<GgufTensor, "dataOffset"> {
  readonly relativeOffset: bigint;
  readonly offsetField: number; // where that offset stands in the file
}

/** How the list is read. */
export interface TensorListOptions {
  readonly count: number;
  readonly alignment: number;
  readonly fileSize: number;
  readonly limits: GgufLimits;
}

/** Reads the list at the cursor, then checks that data are aligned, apart and inside the file. */
export async function readTensorList(
  cursor: Cursor,
  options: TensorListOptions,
): Promise<ReadonlyMap<string, GgufTensor>> {
  const listed = new Map<string, ListedTensor>();
  for (let i = 0; i < options.count; i++) {
    const infoOffset = cursor.offset;
    const tensor = await readTensor(cursor, i, options.limits);
    if (listed.has(tensor.name)) {
      throw new ModelFormatError("the tensor appears twice", {
        offset: infoOffset,
        field: visible(tensor.name),
      });
    }
    listed.set(tensor.name, tensor);
  }
  const dataStart = Math.ceil(cursor.offset / options.alignment) * options.alignment;
  return placeTensors([...listed.values()], { ...options, dataStart });
}

async function readTensor(
  cursor: Cursor,
  index: number,
  limits: GgufLimits,
): Promise<ListedTensor> {
  const infoOffset = cursor.offset;
  const position = `tensor name ${index}`;
  const name = await readString({ cursor, limits, field: position }, limits.keyBytes);
  if (name === "") {
    throw new ModelFormatError("the name is empty", { offset: infoOffset, field: position });
  }

  const label = visible(name);
  const sizesField = `${label}.dimensions`;
  await cursor.need(4, sizesField);
  const rankOffset = cursor.offset;
  const rank = cursor.u32();
  if (rank < 1 || rank > MAX_DIMENSIONS) {
    throw new ModelFormatError(
      `number of dimensions must be >= 1 and <= ${MAX_DIMENSIONS}: current value is ${rank}`,
      { offset: rankOffset, field: sizesField, limit: MAX_DIMENSIONS },
    );
  }
  await cursor.need(8 * rank + 12, sizesField);
  const dimensionsOffset = cursor.offset;
  const sizes = Array.from({ length: rank }, () => cursor.u64());
  const elements = countElements(sizes, limits.tensorElements, {
    offset: dimensionsOffset,
    field: sizesField,
  });

  const typeOffset = cursor.offset;
  const number = cursor.u32();
  const ggml = GGML_TYPES.get(number);
  if (ggml === undefined) {
    throw new ModelFormatError(`unknown tensor type: current value is ${number}`, {
      offset: typeOffset,
      field: `${label}.type`,
    });
  }
  const dimensions = sizes.map(Number);
  if (dimensions[0]! % ggml.blockSize !== 0) {
    throw new ModelFormatError(
      `rows of type ${ggml.name} must be a multiple of ${ggml.blockSize} values: current value is ${
        dimensions[0]
      }`,
      { offset: dimensionsOffset, field: sizesField, limit: ggml.blockSize },
    );
  }
  const offsetField = cursor.offset;
  return {
    name,
    ggml,
    dimensions,
    elements,
    byteLength: elements / ggml.blockSize * ggml.blockBytes, // exact: elements ≤ 2⁴⁰, bytes < 2⁵³
    infoOffset,
    relativeOffset: cursor.u64(),
    offsetField,
  };
}

/** Multiplies in `bigint`, so that no product wraps or rounds. */
function countElements(
  sizes: readonly bigint[],
  limit: bigint,
  place: { readonly offset: number; readonly field: string },
): number {
  let product = 1n;
  for (const size of sizes) {
    if (size < 1n) {
      throw new ModelFormatError("every dimension must be >= 1: current value is 0", {
        ...place,
        limit: 1,
      });
    }
    product *= size;
  }
  if (product > limit) {
    throw new ModelFormatError(
      `number of values must be <= ${limit}: current value is ${product}`,
      { ...place, limit: `${limit}` },
    );
  }
  return Number(product);
}

function placeTensors(
  listed: readonly ListedTensor[],
  options: TensorListOptions & { readonly dataStart: number },
): ReadonlyMap<string, GgufTensor> {
  const { alignment, dataStart, fileSize } = options;
  const placed = new Map<string, GgufTensor>();
  for (const { relativeOffset, offsetField, ...tensor } of listed) {
    const place = { offset: offsetField, field: `${visible(tensor.name)}.offset` };
    if (relativeOffset % BigInt(alignment) !== 0n) {
      throw new ModelFormatError(
        `must be a multiple of the alignment ${alignment}: current value is ${relativeOffset}`,
        { ...place, limit: alignment },
      );
    }
    const end = BigInt(dataStart) + relativeOffset + BigInt(tensor.byteLength);
    if (end > BigInt(fileSize)) {
      throw new ModelFormatError(
        `data must end inside the file of ${fileSize} bytes: current end is ${end}`,
        { ...place, limit: fileSize },
      );
    }
    placed.set(tensor.name, { ...tensor, dataOffset: dataStart + Number(relativeOffset) });
  }
  checkApart([...placed.values()], new Map(listed.map((t) => [t.name, t.offsetField])));
  return placed;
}

/** Refuses tensors that share bytes. */
function checkApart(
  tensors: GgufTensor[],
  offsetFields: ReadonlyMap<string, number>,
): void {
  tensors.sort((a, b) => a.dataOffset - b.dataOffset);
  for (let i = 1; i < tensors.length; i++) {
    const before = tensors[i - 1]!;
    const tensor = tensors[i]!;
    const free = before.dataOffset + before.byteLength;
    if (tensor.dataOffset < free) {
      throw new ModelFormatError(
        `data overlap those of "${
          visible(before.name)
        }": must begin at or past ${free}: current value is ${tensor.dataOffset}`,
        {
          offset: offsetFields.get(tensor.name)!,
          field: `${visible(tensor.name)}.offset`,
          limit: free,
        },
      );
    }
  }
}

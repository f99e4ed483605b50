/**
 * Writes safetensors files, well-formed or with any header that a test makes up.
 *
 * @module
 */

/** A tensor to write. */
export interface WrittenTensor {
  /** Sizes; one value each. */
  readonly shape: readonly number[];
  /** Values, written as F32. */
  readonly values: ArrayLike<number>;
}

/** Header length, header, data: nothing is checked. */
export function rawSafetensors(
  header: string | Uint8Array,
  { data = new Uint8Array(0), length }: {
    readonly data?: Uint8Array;
    readonly length?: bigint;
  } = {},
): Uint8Array<ArrayBuffer> {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** A well-formed file of F32 tensors in the given order. */
export function writeSafetensors(
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  const values: number[] = [];
  for (const [name, { shape, values: own }] of Object.entries(tensors)) {
    const from = 4 * values.length;
    values.push(...Array.from(own));
    header[name] = { dtype: "F32", shape, data_offsets: [from, 4 * values.length] };
  }
  const data = new Uint8Array(4 * values.length);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return rawSafetensors(JSON.stringify(header), { data });
}

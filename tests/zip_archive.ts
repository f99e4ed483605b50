/**
 * Zip archives for tests: one entry, any method, fields that can be made wrong.
 *
 * @module
 */

/** The entry, and what its directory record claims. */
export interface ZipEntrySpec {
  /** Path inside the archive. */
  readonly name: string;
  /** What it unpacks to. */
  readonly content: Uint8Array<ArrayBuffer>;
  /** 0 stores, 8 deflates; others are only claimed. */
  readonly method: number;
  /** Claimed length; the real one by default. */
  readonly bytes?: number;
  /** Claimed offset of the local header; the real one by default. */
  readonly header?: number;
  /** General purpose flags; bit 0 says encrypted. */
  readonly flags?: number;
}

/** An archive with that one entry behind a few bytes of something else. */
export async function makeZip(spec: ZipEntrySpec): Promise<Uint8Array<ArrayBuffer>> {
  const { content, method } = spec;
  const stream = new Blob([content]).stream();
  const packed = method === 8
    ? await new Response(stream.pipeThrough(new CompressionStream("deflate-raw"))).bytes()
    : content;
  const name = new TextEncoder().encode(spec.name);
  const bytes = spec.bytes ?? content.length;
  const before = new Uint8Array(5);
  const local = record(30, [[0, 0x04034b50], [8, method], [18, packed.length], [22, bytes]], {
    26: name.length,
  });
  const entry = record(
    46,
    [[0, 0x02014b50], [20, packed.length], [24, bytes], [42, spec.header ?? before.length]],
    { 8: spec.flags ?? 0, 10: method, 28: name.length },
  );
  const directory = before.length + local.length + name.length + packed.length;
  const end = record(22, [[0, 0x06054b50], [12, entry.length + name.length], [16, directory]], {
    8: 1,
    10: 1,
  });
  return await new Blob([before, local, name, packed, entry, name, end]).bytes();
}

/** A record of `length` bytes with little-endian u32 and u16 fields at their offsets. */
function record(
  length: number,
  words: readonly (readonly [number, number])[],
  halves: Readonly<Record<number, number>>,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(length));
  for (const [offset, value] of words) view.setUint32(offset, value, true);
  for (const [offset, value] of Object.entries(halves)) view.setUint16(+offset, value, true);
  return new Uint8Array(view.buffer);
}

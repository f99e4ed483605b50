/**
 * One entry of a zip archive, with caps.
 *
 * Enough for Python wheels: one disk, no zip64, no encryption, stored or
 * deflated. The archive is not trusted: every offset is checked against the
 * file, and no more bytes come out than the caller expects.
 *
 * Layout read, little-endian (APPNOTE 4.3):
 *   end of central directory, at most 65,557 bytes before the end: 0x06054b50,
 *     +10 u16 entries, +12 u32 directory bytes, +16 u32 directory offset
 *   directory entry: 0x02014b50, +8 u16 flags, +10 u16 method, +20 u32 packed
 *     bytes, +24 u32 bytes, +28 u16 name, +30 u16 extra, +32 u16 comment,
 *     +42 u32 offset of the local header, +46 the name
 *   local header: 0x04034b50, +26 u16 name, +28 u16 extra, +30 name, then data
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY = 2 ** 24;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly header: number;
}

/** Streams the entry `name`, which must have exactly `bytes` bytes. */
export async function zipEntry(
  archive: Blob,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const entry = findEntry(await readDirectory(archive), { name, bytes });
  const header = await viewOf(archive, entry.header, 30);
  if (header.getUint32(0, true) !== LOCAL) throw fault(`no local header for "${name}"`);
  const start = entry.header + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + entry.packed > archive.size) throw fault(`"${name}" ends after the file does`);
  const data = archive.slice(start, start + entry.packed).stream();
  const plain = entry.method === STORED
    ? data
    : data.pipeThrough(new DecompressionStream("deflate-raw"));
  return plain.pipeThrough(exactly(bytes, name));
}

async function readDirectory(archive: Blob): Promise<DataView> {
  const tail = Math.min(archive.size, END_BYTES + MAX_COMMENT);
  const view = await viewOf(archive, archive.size - tail, tail);
  for (let at = tail - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const bytes = view.getUint32(at + 12, true);
    if (bytes > MAX_DIRECTORY) throw fault(`directory of ${bytes} bytes, limit ${MAX_DIRECTORY}`);
    return await viewOf(archive, view.getUint32(at + 16, true), bytes);
  }
  throw fault("no end of central directory");
}

function findEntry(
  directory: DataView,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Entry {
  for (let at = 0; at + 46 <= directory.byteLength;) {
    if (directory.getUint32(at, true) !== ENTRY) throw fault(`no entry at directory byte ${at}`);
    const length = directory.getUint16(at + 28, true);
    const next = at + 46 + length + directory.getUint16(at + 30, true) +
      directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw fault("an entry is longer than the directory");
    const found = new Uint8Array(directory.buffer, directory.byteOffset + at + 46, length);
    if (new TextDecoder().decode(found) === name) {
      const method = directory.getUint16(at + 10, true);
      const size = directory.getUint32(at + 24, true);
      if ((directory.getUint16(at + 8, true) & 1) !== 0) throw fault(`"${name}" is encrypted`);
      if (method !== STORED && method !== DEFLATED) {
        throw fault(`"${name}" uses compression method ${method}: expected 0 or 8`);
      }
      if (size !== bytes) {
        throw fault(`"${name}": expected ${bytes} bytes: current value is ${size}`);
      }
      return {
        method,
        packed: directory.getUint32(at + 20, true),
        header: directory.getUint32(at + 42, true),
      };
    }
    at = next;
  }
  throw fault(`no entry "${name}"`);
}

/** Passes `bytes` bytes on; fails on one more or one less. */
function exactly(
  bytes: number,
  name: string,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.length;
      if (seen > bytes) throw fault(`"${name}" unpacks to more than ${bytes} bytes`);
      controller.enqueue(chunk);
    },
    flush() {
      if (seen < bytes) throw fault(`"${name}" unpacks to ${seen} bytes: expected ${bytes}`);
    },
  });
}

async function viewOf(archive: Blob, offset: number, length: number): Promise<DataView> {
  if (offset + length > archive.size) throw fault(`byte ${offset + length} is after its end`);
  return new DataView(await archive.slice(offset, offset + length).arrayBuffer());
}

function fault(reason: string): InputError {
  return new InputError(`Cannot read zip archive: ${reason}`);
}

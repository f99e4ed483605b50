/**
 * Hostile GGUF files: each is a valid tiny file with one lie, and each must be
 * refused by a `ModelFormatError` that names field and offset, in less than a
 * second and without taking memory worth mentioning.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ModelFormatError } from "../harness/contract/errors.ts";
import type { ByteSource } from "../harness/contract/model.ts";
import { memorySource } from "../models/byte_source.ts";
import { openGguf } from "../models/open.ts";
import { Fields, writeGguf } from "./gguf_writer.ts";
import { HOSTILE_LAYOUT } from "./hostile_gguf/layout.ts";
import { HOSTILE_MODEL } from "./hostile_gguf/model.ts";
import { added, type Hostile, raw, TINY } from "./hostile_gguf/spoil.ts";
import { HOSTILE_STRUCTURE } from "./hostile_gguf/structure.ts";

const CORPUS: readonly Hostile[] = [...HOSTILE_STRUCTURE, ...HOSTILE_LAYOUT, ...HOSTILE_MODEL];

/** Counts the bytes that a reader asks for. */
function counted(source: ByteSource): ByteSource & { bytesRead: number } {
  const counting = {
    name: source.name,
    size: source.size,
    bytesRead: 0,
    read(offset: number, length: number) {
      counting.bytesRead += length;
      return source.read(offset, length);
    },
  };
  return counting;
}

/** Tries to open a hostile file and judges the refusal. */
async function judge({ field, says, bytes, options }: Hostile): Promise<void> {
  const source = counted(memorySource("hostile.gguf", bytes()));
  const started = performance.now();
  let refusal: unknown;
  try {
    await openGguf(source, options);
  } catch (error) {
    refusal = error;
  }
  const elapsedMs = performance.now() - started;
  if (!(refusal instanceof ModelFormatError)) throw new Error("not refused", { cause: refusal });
  assertStrictEquals(refusal.field, field, refusal.message);
  assert(refusal.offset >= 0 && refusal.offset <= source.size, refusal.message);
  assert(refusal.message.includes(`field "${field}" at offset ${refusal.offset}`));
  if (says !== undefined) assert(refusal.message.includes(says), refusal.message);
  assert(elapsedMs < 1000, `${elapsedMs} ms`);
  assert(source.bytesRead <= 2 * source.size, `${source.bytesRead} of ${source.size} bytes read`);
}

Deno.test("openGguf() opens the tiny file that the hostile ones are made from", async () => {
  const { checkpoint } = await openGguf(memorySource("tiny.gguf", writeGguf(TINY)));
  assertEquals(checkpoint.info.layerCount, 2);
});

for (const hostile of CORPUS) {
  Deno.test(`openGguf() refuses ${hostile.title}`, () => judge(hostile));
}

Deno.test("openGguf() refuses the whole corpus within 64 MiB of memory", async () => {
  // The resident set grows with garbage too, so the bound holds for all files together.
  const before = Deno.memoryUsage();
  for (const hostile of CORPUS) {
    await judge(hostile);
    const { rss, heapUsed, external } = Deno.memoryUsage();
    assert(rss - before.rss < 64 * 2 ** 20, `${hostile.title}: ${rss - before.rss} bytes resident`);
    const used = heapUsed + external - before.heapUsed - before.external;
    assert(used < 64 * 2 ** 20, `${hostile.title}: ${used} bytes`);
  }
});

Deno.test("openGguf() refuses a lie behind two million strings in time and memory", async () => {
  const count = 2 ** 21;
  const strings = new Uint8Array(12 * count); // u64 length 4, four letters
  const view = new DataView(strings.buffer);
  for (let i = 0; i < count; i++) view.setUint32(12 * i, 4, true);
  const list = new Fields().u32(8).u64(BigInt(count)).bytes(strings).u64(0n);
  const bytes = writeGguf(added("x", raw(9, list)));
  const before = Deno.memoryUsage();
  await judge({ title: "", field: "metadata key 1", bytes: () => bytes });
  const { heapUsed, external } = Deno.memoryUsage();
  const used = heapUsed + external - before.heapUsed - before.external;
  assert(used < 64 * 2 ** 20, `${used} bytes`);
});

Deno.test("the hostile corpus has at least 45 files, all different", () => {
  assert(CORPUS.length >= 45, `${CORPUS.length} files`);
  assertStrictEquals(new Set(CORPUS.map(({ title }) => title)).size, CORPUS.length);
});

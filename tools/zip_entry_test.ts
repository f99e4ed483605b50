import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import { makeZip, type ZipEntrySpec } from "../tests/zip_archive.ts";
import { zipEntry } from "./zip_entry.ts";

const CONTENT = new TextEncoder().encode("depth ".repeat(1000));
const SPEC: ZipEntrySpec = { name: "a/model.gguf", content: CONTENT, method: 8 };
const WANTED = { name: SPEC.name, bytes: CONTENT.length };

async function unpack(spec: Partial<ZipEntrySpec>, wanted = WANTED): Promise<Uint8Array> {
  const archive = new Blob([await makeZip({ ...SPEC, ...spec })]);
  return await new Response(await zipEntry(archive, wanted)).bytes();
}

async function rejects(spec: Partial<ZipEntrySpec>, message: string): Promise<void> {
  await assertRejects(() => unpack(spec), InputError, message);
}

Deno.test("zipEntry() unpacks stored and deflated entries", async () => {
  assertEquals(await unpack({ method: 0 }), CONTENT);
  assertEquals(await unpack({ method: 8 }), CONTENT);
});

Deno.test("zipEntry() refuses an entry that is absent, of another size, encrypted or of another method", async () => {
  await rejects({ name: "a/other" }, 'no entry "a/model.gguf"');
  await rejects({ bytes: 7 }, "expected 6000 bytes: current value is 7");
  await rejects({ flags: 1 }, "is encrypted");
  await rejects({ method: 12 }, "compression method 12");
});

Deno.test("zipEntry() stops an entry that unpacks to more or less than claimed", async () => {
  const bomb = { content: new Uint8Array(1e6), bytes: CONTENT.length };
  await rejects(bomb, "unpacks to more than 6000 bytes");
  await rejects({ content: CONTENT.slice(1), bytes: CONTENT.length }, "unpacks to 5999 bytes");
});

Deno.test("zipEntry() refuses offsets outside the archive and a wrong local header", async () => {
  await rejects({ header: 2 ** 31 }, "is after its end");
  await rejects({ header: 0 }, "no local header");
});

Deno.test("zipEntry() refuses what is no archive, and an archive cut anywhere", async () => {
  const whole = await makeZip(SPEC);
  for (let length = 0; length < whole.length; length++) {
    const cut = new Blob([whole.slice(0, length)]);
    await assertRejects(() => zipEntry(cut, WANTED), InputError);
  }
});

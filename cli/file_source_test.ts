import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import { fileSource } from "./file_source.ts";

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await scratchFolder();
  try {
    const path = `${folder}/model.gguf`;
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function scratchFolder(): Promise<string> {
  const root = new URL("../.tmp/", import.meta.url);
  await Deno.mkdir(root, { recursive: true });
  return await Deno.makeTempDir({ dir: decodeURIComponent(root.pathname) });
}

Deno.test("fileSource() reads ranges, empty ones and the last byte", async () => {
  await withFile(new Uint8Array([1, 2, 3, 4, 5]), async (path) => {
    const source = await fileSource(path);
    assertStrictEquals(source.size, 5);
    assertStrictEquals(source.name, "model.gguf");
    assertEquals([...await source.read(1, 3)], [2, 3, 4]);
    assertEquals([...await source.read(5, 0)], []);
    assertEquals([...await source.read(4, 1)], [5]);
    await assertRejects(() => source.read(4, 2), RangeError, "inside 5 bytes");
    await assertRejects(() => source.read(-1, 1), RangeError);
  });
});

Deno.test("fileSource() says when a file shrank meanwhile", async () => {
  await withFile(new Uint8Array(100), async (path) => {
    const source = await fileSource(path);
    await Deno.truncate(path, 10);
    await assertRejects(() => source.read(0, 50), InputError, "it ends at 10");
  });
});

Deno.test("fileSource() refuses a missing file and a folder in one sentence", async () => {
  await assertRejects(
    () => fileSource("./.tmp/absent.gguf"),
    InputError,
    'Cannot open model "./.tmp/absent.gguf": expected a file: there is none of that name',
  );
  await assertRejects(() => fileSource("./cli"), InputError, "it is no file");
});

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError } from "../harness/contract/errors.ts";
import { temporaryPath, writeAtomically } from "./atomic_write.ts";

const ROOT = decodeURIComponent(new URL("../.tmp/", import.meta.url).pathname);

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(ROOT, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: ROOT });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeAtomically() writes texts of any length and leaves nothing beside them", async () => {
  await withFolder(async (folder) => {
    for (const text of ["", "a", "é".repeat(3000), "x".repeat(300_000)]) {
      await writeAtomically(`${folder}/f`, text);
      assertStrictEquals(await Deno.readTextFile(`${folder}/f`), text);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["f"]);
  });
});

Deno.test("writeAtomically() keeps the old file and says why when it cannot write", async () => {
  await withFolder(async (folder) => {
    await writeAtomically(`${folder}/f`, "old");
    await Deno.mkdir(temporaryPath(`${folder}/f`));
    await assertRejects(
      () => writeAtomically(`${folder}/f`, "new"),
      InputError,
      `Cannot write "${folder}/f": Is a directory`,
    );
    assertStrictEquals(await Deno.readTextFile(`${folder}/f`), "old");
    await assertRejects(() => writeAtomically(`${folder}/none/f`, "new"), InputError, "No such");
  });
});

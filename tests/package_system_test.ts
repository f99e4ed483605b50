/**
 * What is published: no slow types, small, complete, and able to run in browsers.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { unescape } from "@std/html";
import { FILES } from "../wasm/lib/build_info.ts";

const ROOT = new URL("../", import.meta.url);
const MEBIBYTE = 2 ** 20;

/** A consumer's script; it knows nothing but the package's name. */
const CONSUMER = `
import { policies, syntheticModel, wasmBackend } from "@depthbench/depthbench";
import type { PolicyPlugin } from "@depthbench/depthbench/contract";

const names: string[] = policies.map((policy: Pick<PolicyPlugin, "name">) => policy.name);
console.log(names.join(" "));
const { checkpoint } = syntheticModel({
  layerCount: 1, dModel: 8, heads: 1, kvHeads: 1, headDim: 8, ffnSize: 8,
  vocabSize: 9, context: 8, tiedHead: true, seed: 0,
});
const session = await wasmBackend.open(checkpoint, { slots: 1, context: 8 });
console.log(session.backend.kernels);
session.close();
`;

/** What a program wrote and how it ended. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs this Deno in a folder. */
async function deno(cwd: URL | string, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const dryRun = await deno(ROOT, "publish", "--dry-run", "--allow-dirty");

/** Paths that would be published, from the repository root. */
function publishedFiles(): string[] {
  const listed = (dryRun.stdout + dryRun.stderr).matchAll(
    /^\s*(file:\/\/\S+) \([\d.]+[KMG]?B\)$/gm,
  );
  return [...listed].map(([, url]) => {
    assert(url!.startsWith(ROOT.href), url);
    return decodeURIComponent(unescape(url!).slice(ROOT.href.length));
  });
}

/** Bytes of the files whose path `wanted` accepts. */
function packedBytes(wanted: (path: string) => boolean): number {
  return publishedFiles().filter(wanted)
    .reduce((sum, path) => sum + Deno.statSync(new URL(path, ROOT)).size, 0);
}

Deno.test("deno publish --dry-run has no slow types", () => {
  assertEquals(dryRun.code, 0, dryRun.stderr);
});

Deno.test("the package holds entry, licence, contract and kernels, and no tests, tools or training", () => {
  const files = publishedFiles();
  const kernels = Object.keys(FILES).map((name) => `wasm/lib/${name}`);
  for (const path of ["mod.ts", "LICENSE", "README.md", "harness/contract/mod.ts", ...kernels]) {
    assert(files.includes(path), `missing "${path}"`);
  }
  const extra = files.filter((path) =>
    /_(?:test|bench)\.ts$|^(?:tests|benches|docs|examples|cli|out|\.)|training|variants/.test(
      path,
    ) ||
    (path.startsWith("tools/") && !path.startsWith("tools/std/"))
  );
  assertEquals(extra, []);
});

Deno.test("the package stays below 20 MiB, and below 6 MiB without the embedded models", () => {
  const whole = packedBytes(() => true);
  assert(whole > 0 && whole < 20 * MEBIBYTE, `${whole} bytes`);
  assert(packedBytes((path) => !path.startsWith("models/embedded/")) < 6 * MEBIBYTE);
});

Deno.test("the published files alone type-check and run a consumer's script", async () => {
  await Deno.mkdir(new URL(".tmp/", ROOT), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: new URL(".tmp/", ROOT).pathname });
  try {
    for (const path of publishedFiles()) {
      const target = `${folder}/package/${path}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(new URL(path, ROOT), target);
    }
    await Deno.writeTextFile(`${folder}/deno.json`, `{ "workspace": ["./package"] }`);
    await Deno.writeTextFile(`${folder}/consumer.ts`, CONSUMER);
    const flags = ["--check", "--no-prompt", "--no-lock", "--allow-read=package/wasm/lib"];
    const ended = await deno(folder, "run", ...flags, "consumer.ts");
    assertEquals(ended.code, 0, ended.stderr);
    assertStringIncludes(ended.stdout, "full_depth");
    assertStringIncludes(ended.stdout, "wasm-");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mod.ts bundles for browsers without a node module left", async () => {
  await Deno.mkdir(new URL(".tmp/", ROOT), { recursive: true });
  const output = new URL(".tmp/browser_bundle.js", ROOT).pathname;
  const ended = await deno(ROOT, "bundle", "--platform=browser", `--output=${output}`, "mod.ts");
  assertEquals(ended.code, 0, ended.stderr);
  const bundle = await Deno.readTextFile(output);
  assertEquals(bundle.match(/["'`]node:[\w/]+["'`]/g), null);
  assert(bundle.length > 1_000);
});

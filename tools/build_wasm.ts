/**
 * Builds the kernels of `wasm/` into `wasm/lib/`, which is committed.
 *
 *     deno task build:wasm
 *
 * Needs rustc and cargo with the sources of std, `wasm-ld-19` and
 * `wasm-bindgen` of the version in `wasm/Cargo.lock`; on Debian 12:
 *
 *     apt-get install rustc-web rust-web-src cargo-web rustfmt-web rust-web-clippy lld-19
 *     cargo install wasm-bindgen-cli --version 0.2.130
 *
 * RUSTC, CARGO and WASM_BINDGEN name other places of the tools. Two modules with
 * relaxed SIMD and two without, one each for shared memory and threads. The same
 * sources and tools give the same bytes.
 *
 * @module
 */
import { LIB, MARK, sha256, sourceHash, type Variant, VARIANTS } from "./wasm_sources.ts";

const ROOT = new URL("../", import.meta.url);
const RUSTC = Deno.env.get("RUSTC") ?? "/usr/bin/rustc";
const CARGO = Deno.env.get("CARGO") ?? "/usr/bin/cargo";
const CARGO_HOME = Deno.env.get("CARGO_HOME") ?? `${Deno.env.get("HOME")}/.cargo`;
const BINDGEN = Deno.env.get("WASM_BINDGEN") ?? "wasm-bindgen";
/** What a freestanding target needs of cargo. */
const TARGET = [
  "--release",
  "--locked",
  "-Zbuild-std=std,panic_abort",
  "--target=wasm32-unknown-unknown",
];

/** Runs a command in `wasm/` and throws with its name when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const process = new Deno.Command(command, {
    args: [...args],
    cwd: new URL("wasm/", ROOT),
    env,
    stdout: "inherit",
    stderr: "inherit",
  });
  let success = false;
  try {
    success = (await process.output()).success;
  } catch (cause) {
    throw new Error(`Cannot run "${command}": install what tools/build_wasm.ts names`, { cause });
  }
  if (!success) throw new Error(`Cannot build the kernels: "${command} ${args[0]}" failed`);
}

/** Compiler flags of a module. */
function flags(variant: Variant): string {
  const features = [
    "+simd128",
    "+bulk-memory",
    ...(variant.relaxed ? ["+relaxed-simd"] : []),
    ...(variant.threads ? ["+atomics", "+mutable-globals"] : []),
  ];
  const link = variant.threads
    ? [
      "--shared-memory",
      "--import-memory",
      "--max-memory=4294967296",
      ...["__heap_base", "__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base"]
        .map((name) => `--export=${name}`),
    ]
    : [];
  return [
    `-C target-feature=${features.join(",")}`,
    "-C linker=wasm-ld-19",
    ...link.map((argument) => `-C link-arg=${argument}`),
    `--remap-path-prefix=${ROOT.pathname.replace(/\/$/, "")}=.`, // no folder of this machine
    `--remap-path-prefix=${CARGO_HOME}=cargo`,
  ].join(" ");
}

/** Runs cargo with the flags of a module; returns the folder of its output. */
export async function cargo(
  variant: Variant,
  { command, more = [] }: { readonly command: string; readonly more?: readonly string[] },
): Promise<string> {
  const folder = new URL(`target/wasm/${variant.name}/`, ROOT).pathname;
  await run(CARGO, [command, ...TARGET, ...more], {
    RUSTC,
    RUSTC_BOOTSTRAP: "1",
    PATH: `${RUSTC.replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`, // clippy beside rustc
    RUSTFLAGS: flags(variant),
    CARGO_TARGET_DIR: folder,
  });
  return `${folder}wasm32-unknown-unknown/release/`;
}

/** Builds one module into a folder. */
async function buildModule(variant: Variant, lib: URL): Promise<void> {
  const output = await cargo(variant, { command: "build" });
  await run(BINDGEN, [
    "--target=web",
    `--out-dir=${lib.pathname}`,
    `--out-name=${variant.name}`,
    "--remove-name-section",
    "--remove-producers-section",
    `${output}depthbench_kernels.wasm`,
  ]);
  for (const extension of [".js", ".d.ts"]) {
    const file = new URL(`${variant.name}${extension}`, lib);
    await Deno.writeTextFile(file, `// ${MARK}\n${await Deno.readTextFile(file)}`);
  }
  await Deno.remove(new URL(`${variant.name}_bg.wasm.d.ts`, lib));
}

/** Builds all modules and the list of their digests into a folder. */
export async function buildWasm(lib: URL): Promise<void> {
  await Deno.mkdir(lib, { recursive: true });
  for (const variant of VARIANTS) await buildModule(variant, lib);
  const worker = await Deno.readTextFile(new URL("wasm/src/worker.js", ROOT));
  await Deno.writeTextFile(new URL("worker.js", lib), `// ${MARK}\n${worker}`);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(lib)) if (name !== "build_info.ts") names.push(name);
  let digests = "";
  for (const name of names.sort()) {
    digests += `  "${name}": "${await sha256(await Deno.readFile(new URL(name, lib)))}",\n`;
  }
  await Deno.writeTextFile(
    new URL("build_info.ts", lib),
    `// ${MARK}

/** SHA-256 over the sources in wasm/ from which these files were built. */
export const SOURCE_HASH: string = "${await sourceHash()}";

/** SHA-256 of each file beside this one. */
export const FILES: Readonly<Record<string, string>> = {
${digests}};
`,
  );
}

if (import.meta.main) await buildWasm(LIB);

import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import plugin, { IMPORT_TABLE, importFault, repositoryPath } from "./lint_plugin.ts";

/** Messages of one rule for a file of that name. */
function messages(rule: string, file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source)
    .filter((each) => each.id === `depthbench/${rule}`)
    .map((each) => each.message);
}

/** [file, specifier] that the table permits. */
const GOOD: readonly [string, string][] = [
  ["harness/contract/mod.ts", "./errors.ts"],
  ["harness/contract/record.ts", "zod"],
  ["harness/numerics/quantization/q8_0.ts", "../hash.ts"],
  ["policies/depth/calm.ts", "../../harness/contract/mod.ts"],
  ["policies/depth/calm.ts", "./_decay.ts"],
  ["policies/depth/calm.ts", "@depthbench/depthbench/contract"],
  ["policies/depth/mod.ts", "./calm.ts"],
  ["policies/mod.ts", "./depth/mod.ts"],
  ["policies/depth/calm_test.ts", "./calm.ts"],
  ["policies/depth/calm_test.ts", "../../harness/decode/mod.ts"],
  ["policies/depth/calm_test.ts", "../../models/synthetic/llama.ts"],
  ["policies/depth/calm_test.ts", "fast-check"],
  ["policies/depth/calm_test.ts", "@std/assert"],
  ["suites/copy.ts", "../harness/numerics/random.ts"],
  ["suites/copy.ts", "./_vocabulary.ts"],
  ["suites/copy.ts", "./metrics/token_f1.ts"],
  ["suites/local/gsm8k.ts", "../metrics/exact_match.ts"],
  ["suites/metrics/rouge_l.ts", "./rouge_words.ts"],
  ["suites/mod.ts", "./copy.ts"],
  ["reports/html.ts", "../harness/contract/summary.ts"],
  ["reports/html.ts", "./svg/pareto.ts"],
  ["reports/html.ts", "@std/html"],
  ["reports/csv.ts", "@std/fmt/bytes"],
  ["harness/signals/margin.ts", "../numerics/softmax.ts"],
  ["models/gguf/reader.ts", "../byte_source.ts"],
  ["models/tokenizer.ts", "@huggingface/tokenizers"],
  ["backends/cpu/kernels/rms_norm.ts", "../../../harness/signals/margin.ts"],
  ["backends/cpu/session.ts", "./kernels/rms_norm.ts"],
  ["backends/cpu/session.ts", "../../harness/stepping/mod.ts"],
  ["backends/wasm/engine.ts", "../../harness/stepping/mod.ts"],
  ["harness/stepping/step.ts", "../contract/backend.ts"],
  ["backends/wasm/session.ts", "../../wasm/lib/depthbench.js"],
  ["harness/decode/kv_fill/project.ts", "../loop.ts"],
  ["harness/measure/timed.ts", "./clock.ts"],
  ["harness/summary/pairs.ts", "../numerics/quantile.ts"],
  ["harness/passes/free_pass.ts", "../decode/generate.ts"],
  ["harness/passes/timed_pass.ts", "../measure/order.ts"],
  ["harness/trace/trace_text.ts", "../decode/signal_plan.ts"],
  ["harness/replay/curve.ts", "../summary/bootstrap.ts"],
  ["harness/calibrate/prompt_losses.ts", "../replay/replayer.ts"],
  ["harness/calibrate/frozen_options.ts", "zod"],
  ["harness/gate/time_check.ts", "../summary/bootstrap.ts"],
  ["reports/junit.ts", "../harness/contract/gate.ts"],
  ["harness/conformance/policy.ts", "../decode/mod.ts"],
  ["harness/runner.ts", "./summary/mod.ts"],
  ["mod.ts", "./backends/cpu/mod.ts"],
  ["cli/run.ts", "../mod.ts"],
  ["main.ts", "./cli/mod.ts"],
  ["tools/fetch_model.ts", "../cli/files.ts"],
  ["tests/conformance/cpu_test.ts", "../../backends/cpu/mod.ts"],
];

/** [file, specifier] that the table forbids. */
const BAD: readonly [string, string][] = [
  ["harness/contract/policy.ts", "../numerics/softmax.ts"],
  ["harness/contract/policy.ts", "@std/text"],
  ["harness/numerics/softmax.ts", "../contract/mod.ts"],
  ["harness/numerics/softmax.ts", "zod"],
  ["policies/depth/calm.ts", "./fixed_exit.ts"],
  ["policies/depth/calm.ts", "../speculative/_draft.ts"],
  ["policies/depth/calm.ts", "./_private/rule.ts"],
  ["policies/depth/calm.ts", "../../backends/cpu/mod.ts"],
  ["policies/depth/calm.ts", "../../harness/numerics/softmax.ts"],
  ["policies/depth/calm.ts", "@depthbench/depthbench"],
  ["policies/depth/calm.ts", "zod"],
  ["policies/depth/mod.ts", "../../models/mod.ts"],
  ["policies/depth/calm_test.ts", "../../backends/cpu/mod.ts"],
  ["policies/depth/calm_test.ts", "../../models/gguf/reader.ts"],
  ["suites/copy.ts", "./recall.ts"],
  ["suites/copy.ts", "./local/gsm8k.ts"],
  ["suites/metrics/rouge_l.ts", "../copy.ts"],
  ["suites/copy.ts", "../policies/mod.ts"],
  ["suites/mod.ts", "../models/mod.ts"],
  ["reports/html.ts", "../harness/contract/mod.ts"],
  ["reports/html.ts", "../harness/summary/mod.ts"],
  ["reports/html.ts", "../harness/numerics/quantile.ts"],
  ["harness/signals/margin.ts", "../decode/mod.ts"],
  ["harness/stepping/step.ts", "../../backends/cpu/mod.ts"],
  ["harness/stepping/step.ts", "../decode/generate.ts"],
  ["policies/depth/calm.ts", "../../harness/stepping/mod.ts"],
  ["models/gguf/reader.ts", "../../harness/signals/mod.ts"],
  ["models/gguf/reader.ts", "../../cli/files.ts"],
  ["backends/cpu/session.ts", "../wasm/mod.ts"],
  ["backends/cpu/session.ts", "../../models/mod.ts"],
  ["backends/cpu/session.ts", "../../wasm/lib/depthbench.js"],
  ["harness/decode/loop.ts", "../measure/clock.ts"],
  ["harness/measure/clock.ts", "../decode/mod.ts"],
  ["harness/passes/free_pass.ts", "../summary/mod.ts"],
  ["harness/trace/trace_text.ts", "../summary/mod.ts"],
  ["harness/replay/replayer.ts", "../passes/free_pass.ts"],
  ["harness/calibrate/fixed_sequence.ts", "../decode/generate.ts"],
  ["harness/calibrate/fixed_sequence.ts", "../runner.ts"],
  ["harness/conformance/policy.ts", "../measure/clock.ts"],
  ["harness/runner.ts", "../policies/mod.ts"],
  ["mod.ts", "./cli/mod.ts"],
  ["policies/depth/calm.ts", "../../../elsewhere/harness/contract/mod.ts"],
  ["helloworld.ts", "./mod.ts"],
  ["harness/unknown/x.ts", "../contract/mod.ts"],
];

Deno.test("importFault() permits what the table permits", () => {
  for (const [file, specifier] of GOOD) {
    assertStrictEquals(importFault(file, specifier), undefined, `${file} ← ${specifier}`);
  }
});

Deno.test("importFault() forbids the rest, naming file and target", () => {
  for (const [file, specifier] of BAD) {
    const fault = importFault(file, specifier);
    assert(fault !== undefined, `${file} ← ${specifier}`);
    assertStringIncludes(fault, `"${file}"`);
  }
});

Deno.test("IMPORT_TABLE has a good example for each of its library rows", () => {
  const rows = IMPORT_TABLE.filter((row) => row.packages !== "any" && row.files !== "wasm/");
  const text = GOOD.map(([file]) => file).join("\n");
  for (const { files } of rows) {
    const stem = files.replace("**/mod.ts", "").replace(/\*.*/, "");
    assertStringIncludes(text, stem);
  }
});

Deno.test("import-table sees imports, re-exports, dynamic imports and types", () => {
  const target = "../../backends/cpu/mod.ts";
  for (
    const source of [
      `import "${target}";`,
      `import { a } from "${target}";`,
      `import type { A } from "${target}";`,
      `export * from "${target}";`,
      `export { a } from "${target}";`,
      `export type { A } from "${target}";`,
      `const a = await import("${target}");`,
      `type A = import("${target}").A;`,
      `let a: typeof import("${target}");`,
    ]
  ) {
    assertEquals(messages("import-table", "policies/depth/calm.ts", source).length, 1, source);
    assertEquals(messages("import-table", "tests/x.ts", source), [], source);
  }
});

Deno.test("no-runtime-globals forbids node modules and Deno in the library", () => {
  const rule = "no-runtime-globals";
  for (
    const source of [
      `import * as fs from "node:fs";`,
      `const fs = await import("node:fs");`,
      `Deno.cwd();`,
      `globalThis.Deno.cwd();`,
      `if (typeof Deno === "undefined") throw 1;`,
      `const { env } = Deno;`,
      `let a: Deno.FsFile;`,
    ]
  ) {
    assert(messages(rule, "backends/cpu/session.ts", source).length > 0, source);
    for (const file of ["cli/run.ts", "main.ts", "tests/x.ts", "suites/copy_test.ts"]) {
      assertEquals(messages(rule, file, source), [], source);
    }
  }
});

Deno.test("no-runtime-globals leaves other things named Deno alone", () => {
  const source = "const a = { Deno: 1 }; a.Deno; navigator.userAgent.includes('Deno');";
  assertEquals(messages("no-runtime-globals", "suites/copy.ts", source), []);
});

Deno.test("no-index-ts wants mod.ts as the entry of a folder", () => {
  assertEquals(messages("no-index-ts", "suites/index.ts", "").length, 1);
  assertEquals(messages("no-index-ts", "suites/mod.ts", ""), []);
  assertEquals(messages("no-index-ts", "suites/index_of_all.ts", ""), []);
});

Deno.test("no-vague-file-names forbids utils, helpers and types", () => {
  const rule = "no-vague-file-names";
  for (const name of ["utils", "helpers", "types", "_types", "utils_test"]) {
    assertEquals(messages(rule, `harness/decode/${name}.ts`, "").length, 1, name);
  }
  assertEquals(messages(rule, "harness/decode/loop.ts", ""), []);
  assertEquals(messages(rule, "harness/decode/row_types.ts", ""), []);
});

Deno.test("no-html-injection forbids markup and code from text, in scripts kept as text too", () => {
  const rule = "no-html-injection";
  for (
    const source of [
      "a.innerHTML = b;",
      'a["innerHTML"] = b;',
      'a.insertAdjacentHTML("beforeend", b);',
      "document.write(b);",
      "document.writeln(b);",
      "eval(b);",
      "globalThis.eval(b);",
      "new Function(b);",
      "Function(b);",
      "export const SCRIPT = `node.innerHTML = ${1};`;",
      "export const SCRIPT = 'eval(b)';",
    ]
  ) {
    assert(messages(rule, "reports/html.ts", source).length > 0, source);
    assertEquals(messages(rule, "cli/report.ts", source), [], source);
    assertEquals(messages(rule, "reports/html_test.ts", source), [], source);
  }
});

Deno.test("no-html-injection leaves harmless reports alone", () => {
  const source = "a.textContent = retrieval(b); a.setAttribute('x', b); stream.write(document);";
  assertEquals(messages("no-html-injection", "reports/html.ts", source), []);
});

Deno.test("repositoryPath() is relative inside the repository and undefined outside", () => {
  const here = import.meta.dirname!;
  assertEquals(repositoryPath(`${here}/x.ts`), "tools/x.ts");
  assertEquals(repositoryPath("/elsewhere/x.ts"), undefined);
  assertEquals(repositoryPath("a/b.ts"), "a/b.ts");
});

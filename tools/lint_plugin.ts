/**
 * The house rules that `deno lint` enforces, first of all who may import whom.
 *
 * Types count as imports: a policy that names a backend's type knows a backend.
 * The table below is the import table of the design, one row per kind of file;
 * the first row that matches a file decides. A file that no row matches has no
 * place in the tree and is reported.
 *
 * @module
 */

/** One row of the import table. Paths start at the repository root and use `/`. */
export interface ImportRow {
  /** Files the row speaks of: `*` is part of a name, `**` any folders, a final `/` a whole folder. */
  readonly files: string;
  /** Prefixes of what they may import. `own`: the row's folder; `private`: a `_x.ts` beside. */
  readonly may: readonly string[];
  /** Packages they may import, `any` for all. Test files may import any package. */
  readonly packages: readonly string[] | "any";
}

const CONTRACT = "harness/contract/";
const NUMERICS = "harness/numerics/";
const SIGNALS = "harness/signals/";
const STEPPING = "harness/stepping/";
const LIBRARY = ["harness/", "policies/", "backends/", "models/", "suites/", "reports/"];
const RENDERERS = [
  "@observablehq/plot",
  "linkedom",
  "preact",
  "preact-render-to-string",
  "@std/csv",
  "@std/fmt",
  "@std/html",
];

/** Who may import whom. */
export const IMPORT_TABLE: readonly ImportRow[] = [
  { files: "harness/contract/", may: ["own"], packages: ["zod"] },
  { files: "harness/numerics/", may: ["own"], packages: [] },
  { files: "wasm/", may: ["own"], packages: [] },
  { files: "policies/**/mod.ts", may: [CONTRACT, "policies/"], packages: [] },
  { files: "policies/", may: [CONTRACT, "private"], packages: [] },
  { files: "suites/**/mod.ts", may: [CONTRACT, NUMERICS, "suites/"], packages: [] },
  { files: "suites/metrics/", may: ["own"], packages: [] },
  { // reads files of the user's through a ByteSource
    files: "suites/local/",
    may: [CONTRACT, NUMERICS, "suites/metrics/", "own"],
    packages: [],
  },
  { files: "suites/", may: [CONTRACT, NUMERICS, "suites/metrics/", "private"], packages: [] },
  {
    files: "reports/",
    may: [
      "harness/contract/record.ts",
      "harness/contract/summary.ts",
      "harness/contract/gate.ts",
      "own",
    ],
    packages: RENDERERS,
  },
  { files: "harness/signals/", may: [CONTRACT, NUMERICS, "own"], packages: [] },
  {
    files: "models/",
    may: [CONTRACT, NUMERICS, "own"],
    packages: ["@huggingface/tokenizers", "zod"],
  },
  { // keeps the books of every backend
    files: "harness/stepping/",
    may: [CONTRACT, NUMERICS, "own"],
    packages: [],
  },
  {
    files: "backends/wasm/",
    may: [CONTRACT, NUMERICS, SIGNALS, STEPPING, "wasm/lib/", "own"],
    packages: [],
  },
  { files: "backends/*/", may: [CONTRACT, NUMERICS, SIGNALS, STEPPING, "own"], packages: [] },
  { files: "harness/decode/", may: [CONTRACT, NUMERICS, SIGNALS, "own"], packages: [] },
  { files: "harness/measure/", may: [CONTRACT, NUMERICS, SIGNALS, "own"], packages: [] },
  { files: "harness/summary/", may: [CONTRACT, NUMERICS, SIGNALS, "own"], packages: [] },
  { // what is run on one item: decode it, measure it
    files: "harness/passes/",
    may: [CONTRACT, NUMERICS, SIGNALS, "harness/decode/", "harness/measure/", "own"],
    packages: [],
  },
  { // runs full depth and reads what policies would read
    files: "harness/trace/",
    may: [CONTRACT, NUMERICS, SIGNALS, "harness/decode/", "own"],
    packages: [],
  },
  { // asks policies about a trace as the decode loop does, and sums up their answers
    files: "harness/replay/",
    may: [
      CONTRACT,
      NUMERICS,
      SIGNALS,
      "harness/decode/",
      "harness/summary/",
      "harness/trace/",
      "own",
    ],
    packages: [],
  },
  { // sums up what passes and replay gave, and fixes options by it
    files: "harness/calibrate/",
    may: [CONTRACT, NUMERICS, "harness/replay/", "harness/summary/", "own"],
    packages: ["zod"],
  },
  { // compares what runs left behind
    files: "harness/gate/",
    may: [CONTRACT, NUMERICS, "harness/summary/", "own"],
    packages: ["zod"],
  },
  { // judges what the decode loop does, so it may run it
    files: "harness/conformance/",
    may: [CONTRACT, NUMERICS, SIGNALS, "harness/decode/", "own"],
    packages: [],
  },
  { files: "harness/*.ts", may: ["harness/"], packages: ["zod", "@std/fmt", "@std/text"] },
  { files: "mod.ts", may: LIBRARY, packages: "any" },
  { files: "cli/", may: [""], packages: "any" },
  { files: "main.ts", may: [""], packages: "any" },
  { files: "tests/", may: [""], packages: "any" },
  { files: "benches/", may: [""], packages: "any" },
  { files: "tools/", may: [""], packages: "any" },
  { files: "examples/", may: [""], packages: "any" },
];

/** What `x_test.ts` and `x_bench.ts` may import beyond the row of `x.ts`. */
export const TEST_FILES_MAY: readonly string[] = [
  "harness/",
  "models/synthetic",
  "tests/",
  "beside",
];

/** Who may use `node:` modules and the global `Deno`; the rest must run in a browser. */
export const RUNTIME_FILES: readonly string[] = [
  "cli/",
  "tools/",
  "tests/",
  "benches/",
  "examples/",
  "main.ts",
];

/** File names that say nothing of what is inside. */
export const VAGUE_NAMES: readonly string[] = ["utils", "util", "helpers", "helper", "types"];

/** What lets text become markup or code in a report. */
export const INJECTION = /\binnerHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\b/;

/** Our own package under its name → the file it stands for. */
const SELF: Readonly<Record<string, string>> = {
  "@depthbench/depthbench": "mod.ts",
  "@depthbench/depthbench/contract": "harness/contract/mod.ts",
};

const ROOT = (import.meta.dirname ?? "").replaceAll("\\", "/").replace(/[^/]*$/, "");

/** Path from the repository root, or `undefined` for a file outside it. */
export function repositoryPath(filename: string): string | undefined {
  const path = filename.replaceAll("\\", "/");
  if (!/^(?:[a-z]:)?\//i.test(path)) return path;
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : undefined;
}

/** Whether the file is a test or a bench. */
export function isTestFile(file: string): boolean {
  return /_(?:test|bench)\.tsx?$/.test(file);
}

/** Whether the file may use `node:` modules and the global `Deno`. */
export function isRuntimeFile(file: string): boolean {
  return isTestFile(file) || RUNTIME_FILES.some((each) => file.startsWith(each));
}

/** Why `file` may not import `specifier`, or `undefined` if it may. */
export function importFault(file: string, specifier: string): string | undefined {
  const row = IMPORT_TABLE.find((each) => pattern(each.files).test(file));
  if (row === undefined) return `Cannot place "${file}": no row of the import table names it`;
  if (/^(?!file:)[a-z]+:/.test(specifier)) return undefined; // no-runtime-globals, no-import-prefix
  const target = SELF[specifier] ?? relativeTarget(file, specifier);
  if (target === undefined) return packageFault(file, row, specifier);
  const own = pattern(row.files).exec(file)?.[1];
  const beside = file.slice(0, file.lastIndexOf("/") + 1);
  const may = isTestFile(file) ? [...row.may, ...TEST_FILES_MAY] : row.may;
  const allowed = may.some((each) => {
    if (each === "own") return own !== undefined && target.startsWith(own);
    if (each === "beside") return target.startsWith(beside);
    if (each === "private") {
      return target.startsWith(`${beside}_`) && !target.slice(beside.length).includes("/");
    }
    return target.startsWith(each);
  });
  return allowed
    ? undefined
    : `"${file}" must not import "${target}": may import ${may.join(", ")}`;
}

/** A row's `files` → an expression; of a folder, the first group is that folder. */
function pattern(files: string): RegExp {
  const source = files.split("**/").map((part) =>
    part.replaceAll(".", "\\.").replaceAll("*", "[^/]*")
  ).join("(?:[^/]+/)*");
  return new RegExp(files.endsWith("/") ? `^(${source})` : `^${source}$`);
}

/** Repository path that a relative specifier leads to; `undefined` for a package. */
function relativeTarget(file: string, specifier: string): string | undefined {
  if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) return undefined;
  const path = decodeURIComponent(new URL(specifier, `file:///root/${file}`).pathname);
  return path.startsWith("/root/") ? path.slice("/root/".length) : `outside:${path}`;
}

function packageFault(file: string, row: ImportRow, specifier: string): string | undefined {
  if (row.packages === "any" || isTestFile(file)) return undefined;
  const { packages } = row;
  if (packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
    return undefined;
  }
  return `"${file}" must not import package "${specifier}": may import ${
    packages.join(", ") || "no package"
  }`;
}

/** Calls `check` with every specifier that a file imports or re-exports, types included. */
function onImports(
  check: (specifier: string, node: Deno.lint.Node) => void,
): Deno.lint.LintVisitor {
  const see = (node: Deno.lint.Node, source: Deno.lint.Node | null | undefined) => {
    if (source?.type === "Literal" && typeof source.value === "string") check(source.value, node);
  };
  return {
    ImportDeclaration: (node) => see(node, node.source),
    ExportAllDeclaration: (node) => see(node, node.source),
    ExportNamedDeclaration: (node) => see(node, node.source),
    ImportExpression: (node) => see(node, node.source),
    TSImportType: (node) => {
      if (node.argument.type === "TSLiteralType") see(node, node.argument.literal);
    },
  };
}

const importTable: Deno.lint.Rule = {
  create(context) {
    const file = repositoryPath(context.filename);
    if (file === undefined) return {};
    return onImports((specifier, node) => {
      const message = importFault(file, specifier);
      if (message !== undefined) {
        context.report({
          node,
          message,
          hint: "The table is IMPORT_TABLE in tools/lint_plugin.ts",
        });
      }
    });
  },
};

const noRuntimeGlobals: Deno.lint.Rule = {
  create(context) {
    const file = repositoryPath(context.filename);
    if (file === undefined || isRuntimeFile(file)) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({
        node,
        message: `"${file}" must not use ${what}: the library also runs in browsers`,
        hint: "Take what it gives as a parameter and pass it in from cli/",
      });
    return {
      ...onImports((specifier, node) => {
        if (specifier.startsWith("node:")) report(node, `"${specifier}"`);
      }),
      Identifier(node) {
        if (node.name !== "Deno") return;
        const { parent } = node;
        if (parent?.type === "Property" && parent.key === node) return;
        if (parent?.type === "MemberExpression" && parent.property === node && !parent.computed) {
          if (parent.object.type !== "Identifier" || parent.object.name !== "globalThis") return;
        }
        report(node, "the global Deno");
      },
    };
  },
};

/** A rule about the file's own name. */
function nameRule(fault: (stem: string) => string | undefined): Deno.lint.Rule {
  return {
    create(context) {
      const stem = /([^/\\]*?)(?:_test|_bench)?\.[^/\\]*$/.exec(context.filename)?.[1] ?? "";
      const message = fault(stem);
      return message === undefined ? {} : {
        Program: (node) => context.report({ node, message }),
      };
    },
  };
}

const noHtmlInjection: Deno.lint.Rule = {
  create(context) {
    const file = repositoryPath(context.filename);
    if (file === undefined || !file.startsWith("reports/") || isTestFile(file)) return {};
    // A page's own script is text here, so text is searched like code.
    const search = (node: Deno.lint.Node, text: string) => {
      const found = INJECTION.exec(text)?.[0];
      if (found === undefined) return;
      context.report({
        node,
        message: `Reports must not use "${found}": model output would become markup or code`,
        hint: "Use textContent or setAttribute",
      });
    };
    return {
      Literal: (node) => search(node, String(node.value)),
      TemplateElement: (node) => search(node, node.raw),
      Identifier: (node) => search(node, node.name === "eval" ? "eval(" : node.name),
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
        if (node.object.name === "document") search(node, `document.${node.property.name}`);
      },
      CallExpression(node) {
        if (node.callee.type === "Identifier") search(node, `new ${node.callee.name}`);
      },
      NewExpression(node) {
        if (node.callee.type === "Identifier") search(node, `new ${node.callee.name}`);
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "depthbench",
  rules: {
    "import-table": importTable,
    "no-runtime-globals": noRuntimeGlobals,
    "no-index-ts": nameRule((stem) =>
      stem === "index"
        ? 'File must not be named "index": the entry of a folder is "mod.ts"'
        : undefined
    ),
    "no-vague-file-names": nameRule((stem) =>
      VAGUE_NAMES.includes(stem.replace(/^_/, ""))
        ? `File must not be named "${stem}": name it after the one idea inside`
        : undefined
    ),
    "no-html-injection": noHtmlInjection,
  },
};

export default plugin;

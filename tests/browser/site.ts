/**
 * A static site with the library in it, laid out as docs/browser.md says, and a
 * server for it on 127.0.0.1.
 *
 * @module
 */

/** Where the site lies in the repository. */
const SITE = ".tmp/browser/site";
const ROOT = new URL("../../", import.meta.url);

/** Where the bundle lies in the site. */
export const BUNDLE = "js/depthbench/app.js";

/** What is copied from the package, and the folder of the site that takes it. */
export const PACKAGED: readonly (readonly [from: string, to: string])[] = [
  ["wasm/lib/", "wasm/lib/"],
  ["models/embedded/tiny_exit.gguf", "js/depthbench/"],
];

/** Headers of a cross-origin isolated page, which may share memory with workers. */
export const ISOLATION: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Media types; browsers compile WebAssembly while it arrives only under its own. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  wasm: "application/wasm",
};

const PAGE = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Depthbench in a page</title>
<link rel="icon" href="data:,">
<script type="module" src="/${BUNDLE}"></script>
</html>
`;

/** A running server. */
export interface Site {
  /** Address of the page. */
  readonly url: string;
  /** Ends it. */
  close(): Promise<void>;
}

/** Bundles a page's script and copies what it fetches. */
export async function buildSite(script = "tests/browser/page.ts"): Promise<void> {
  const site = new URL(`${SITE}/`, ROOT);
  await Deno.remove(site, { recursive: true }).catch(() => {});
  for (const [from, to] of PACKAGED) await copyInto(new URL(to, site), new URL(from, ROOT));
  await Deno.copyFile(
    new URL("tests/testdata/llama_tied.gguf", ROOT),
    new URL("llama_tied.gguf", site),
  );
  await Deno.writeTextFile(new URL("index.html", site), PAGE);
  const output = `--output=${SITE}/${BUNDLE}`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", output, script],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

/** Copies a file, or the files of a folder when the name ends in `/`. */
async function copyInto(folder: URL, from: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  if (from.pathname.endsWith("/")) {
    for (const { name } of Deno.readDirSync(from)) {
      await Deno.copyFile(new URL(name, from), new URL(name, folder));
    }
    return;
  }
  const name = from.pathname.slice(from.pathname.lastIndexOf("/") + 1);
  await Deno.copyFile(from, new URL(name, folder)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // its tests are ignored then
  });
}

/** Serves the site with these headers on every answer. */
export function serveSite(headers: Readonly<Record<string, string>>): Site {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url); // without "..": it is normalized
    const path = pathname === "/" ? "/index.html" : pathname;
    const file = await Deno.open(new URL(`${SITE}${path}`, ROOT)).catch(() => undefined);
    if (file === undefined) return new Response("not here", { status: 404, headers });
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(file.readable, { headers: { ...headers, "content-type": type } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, close: () => server.shutdown() };
}

/**
 * Serves wllama's page, its package and the model from 127.0.0.1, with the
 * headers that make a page cross-origin isolated, so that it may have threads.
 *
 * @module
 */
import { PEERS_FOLDER } from "./install.ts";

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  wasm: "application/wasm",
  gguf: "application/octet-stream",
};

/** A running server. */
export interface PageServer {
  /** Address of the page. */
  readonly url: string;
  /** Ends it. */
  close(): Promise<void>;
}

/** File that a path of the address names; `undefined` for any other path. */
export function fileOf(path: string, modelPath: string): URL | string | undefined {
  if (path === "/") return new URL("./wllama.html", import.meta.url);
  if (path === "/wllama_page.js") return new URL("./wllama_page.js", import.meta.url);
  if (path === "/model.gguf") return modelPath;
  const inPackage = /^\/wllama\/((?:[\w-]+\/)*[\w.-]+\.(?:js|wasm))$/.exec(path)?.[1];
  if (inPackage === undefined || inPackage.includes("..")) return undefined;
  return new URL(
    `../../${PEERS_FOLDER}/node_modules/@wllama/wllama/esm/${inPackage}`,
    import.meta.url,
  );
}

/** Starts to serve. */
export function servePage(modelPath: string): PageServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const file = fileOf(pathname, modelPath);
    const opened = file === undefined ? undefined : await Deno.open(file).catch(() => undefined);
    if (opened === undefined) return new Response("not here", { status: 404, headers: ISOLATED });
    const type = pathname === "/" ? "html" : pathname.slice(pathname.lastIndexOf(".") + 1);
    return new Response(opened.readable, {
      headers: { ...ISOLATED, "content-type": TYPES[type] ?? "application/octet-stream" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    close: () => server.shutdown(),
  };
}

/**
 * Peers as optional installs: exact npm packages below `.cache/peers`, never a
 * dependency of the repository. No script of a package runs, and only the
 * binaries of this machine are taken.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";

/** Where peers lie, relative to the repository root. */
export const PEERS_FOLDER = ".cache/peers";
/** Version of node-llama-cpp and of its binaries. */
export const NODE_LLAMA_CPP = "3.22.1";
/** Version of wllama. */
export const WLLAMA = "3.13.0";

const BINARIES: Readonly<Record<string, string>> = {
  "linux x86_64": "linux-x64",
  "linux aarch64": "linux-arm64",
  "darwin aarch64": "mac-arm64-metal",
  "darwin x86_64": "mac-x64",
  "windows x86_64": "win-x64",
};

/** Packages that the peers need on a platform, with their versions. */
export function peerPackages(platform: string): readonly (readonly [string, string])[] {
  const binaries = BINARIES[platform];
  return [
    ["node-llama-cpp", NODE_LLAMA_CPP],
    ...(binaries === undefined ? [] : [[`@node-llama-cpp/${binaries}`, NODE_LLAMA_CPP] as const]),
    ["@wllama/wllama", WLLAMA],
  ];
}

/** Makes sure that the packages are there; asks npm only for what is not. */
export async function installPeers(say: (line: string) => void): Promise<void> {
  const root = new URL(`../../${PEERS_FOLDER}/`, import.meta.url);
  const packages = peerPackages(`${Deno.build.os} ${Deno.build.arch}`);
  const present = await Promise.all(
    packages.map(async ([name, version]) =>
      await versionAt(new URL(`node_modules/${name}/package.json`, root)) === version
    ),
  );
  if (present.every((each) => each)) return;
  const wanted = packages.map(([name, version]) => `${name}@${version}`);
  say(`installing ${wanted.join(", ")} below ${PEERS_FOLDER}`);
  await Deno.mkdir(root, { recursive: true });
  const flags = "--ignore-scripts --omit=optional --no-audit --no-fund --no-package-lock --no-save";
  const command = new Deno.Command("npm", {
    args: ["install", "--prefix", ".", ...flags.split(" "), ...wanted],
    cwd: root,
    stdout: "null",
    stderr: "inherit",
  });
  const outcome = await command.output().catch(() => undefined);
  if (outcome?.success) return;
  throw new UnsupportedError(
    `Cannot install the peers: expected npm and its registry: npm ${
      outcome === undefined ? "is not there" : `ended with code ${outcome.code}`
    }: install Node 20 or later`,
  );
}

async function versionAt(url: URL): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(url)).version;
  } catch {
    return undefined;
  }
}

/**
 * Linters and validators from Python packages, pinned, installed into a folder.
 *
 * @module
 */
import { pip, runPython } from "../../tools/python.ts";

/** kubernetes-validate with the schemas of Kubernetes in it, and all that it needs. */
const PACKAGES = [
  "kubernetes-validate==1.35.0",
  "jsonschema==4.26.0",
  "jsonschema-specifications==2025.9.1",
  "referencing==0.37.0",
  "attrs==26.1.0",
  "rpds-py==2026.9.1",
  "pyyaml==6.0.4",
  "packaging==26.3",
  "importlib-resources==7.1.0",
  "typing-extensions==4.16.0",
];

/** What a Python process said. */
export interface Said {
  /** Exit code. */
  readonly code: number;
  /** Stdout and stderr. */
  readonly text: string;
}

/** Installs the packages and gives back a way to run `python3` with them. */
export async function pythonWithPackages(
  folder: string,
): Promise<(...args: readonly string[]) => Promise<Said>> {
  const target = `${folder}/python`;
  await pip(runPython, {
    action: "install",
    flags: ["--target", target, "--root-user-action=ignore"],
    packages: PACKAGES,
  });
  return async (...args) => {
    const { code, stdout, stderr } = await new Deno.Command("python3", {
      args: [...args],
      env: { PYTHONPATH: target },
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  };
}

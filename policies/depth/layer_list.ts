/**
 * Layer list: the model's blocks deleted, swapped, repeated or in any order.
 *
 * The list starts as `order`, or as the blocks 0, 1, …, L − 1. Its entries are
 * edited in this sequence:
 *
 *     1. skip, skipAttention, skipMlp   take entry i out, or a part of it
 *     2. repeat                         entry i runs a second time, right after the first
 *     3. swap                           entries l and l + 1 change places, parts and repeats included
 *
 * Entry i is the i-th of `order`, 0-based; without `order` it is block i. Swaps
 * go one after the other by the places that the entries then have, so the same
 * swap twice changes nothing. An entry without both parts is out.
 *
 * With `prompt` every position follows the list, as if it were another model:
 * each block meets only entries of its own, and no fill is needed. Without it
 * prompt and first token run full depth.
 *
 * Source: Lad et al. 2024, arXiv:2406.19384 (deletions and adjacent swaps).
 * Cost: the blocks of the list and one readout per token; no signal.
 * Output: lossy unless the list is 0..L−1.
 * Errors: `RangeError` for a block or an entry that is not there.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode layerList}. */
export interface LayerListOptions {
  /** Blocks in the order in which they run, 0-based, repeats allowed; empty for 0..L−1. */
  readonly order: readonly number[];
  /** Entries left out. */
  readonly skip: readonly number[];
  /** Entries of which the MLP alone runs. */
  readonly skipAttention: readonly number[];
  /** Entries of which the attention alone runs. */
  readonly skipMlp: readonly number[];
  /** Entries that run twice in a row. */
  readonly repeat: readonly number[];
  /** Places l whose entry changes places with the next one's. */
  readonly swap: readonly number[];
  /** Whether prompt positions follow the list as well. */
  readonly prompt: boolean;
}

/** Blocks as listed, before entries are edited. */
function listed(layerCount: number, order: readonly number[]): readonly number[] {
  return order.length > 0 ? order : Array.from({ length: layerCount }, (_, block) => block);
}

/** What runs of entry `i`: nothing, a part, or the block; once or twice. */
function visitsOf(block: number, i: number, options: LayerListOptions): contract.Visit[] {
  const attends = !options.skip.includes(i) && !options.skipAttention.includes(i);
  const feeds = !options.skip.includes(i) && !options.skipMlp.includes(i);
  if (!attends && !feeds) return [];
  const visit: contract.Visit = {
    block,
    part: attends && feeds ? "block" : attends ? "attention" : "mlp",
  };
  return options.repeat.includes(i) ? [visit, visit] : [visit];
}

/** The plan of every token. Expects validated options. */
export function planLayerList(
  point: contract.RunPoint,
  options: LayerListOptions,
): contract.Plan {
  const entries = listed(point.model.layerCount, options.order).map((block, i) =>
    visitsOf(block, i, options)
  );
  for (const l of options.swap) {
    [entries[l], entries[l + 1]] = [entries[l + 1]!, entries[l]!];
  }
  return entries.flat();
}

function refuse(option: string, value: number, expected: string): never {
  throw new RangeError(
    `Cannot list blocks: option "${option}" holds ${value}: expected ${expected}: correct it`,
  );
}

/** Refuses blocks that the model lacks and entries that the list lacks. */
export function validateLayerList(model: contract.ModelInfo, options: LayerListOptions): void {
  const { layerCount, name } = model;
  const wrong = options.order.find((block) => block >= layerCount);
  if (wrong !== undefined) {
    refuse("order", wrong, `blocks 0 to ${layerCount - 1} of model "${name}"`);
  }
  const count = listed(layerCount, options.order).length;
  for (const option of ["skip", "skipAttention", "skipMlp", "repeat"] as const) {
    const beyond = options[option].find((entry) => entry >= count);
    if (beyond !== undefined) {
      refuse(option, beyond, `entries 0 to ${count - 1} of the list of ${count} blocks`);
    }
  }
  const last = options.swap.find((entry) => entry >= count - 1);
  if (last !== undefined) {
    refuse("swap", last, `places below ${count - 1}, whose next one is in the list`);
  }
}

function entriesOption(help: string): contract.OptionSpec<readonly number[]> {
  return contract.numbersOption({ help, min: 0, integer: true, default: [] });
}

/** A layer list as a plugin. */
export const layerList: contract.RunPolicy<LayerListOptions> = {
  name: "layer_list",
  family: "depth",
  scope: "run",
  card: {
    summary: "Runs any list of blocks: deletions, swaps, repeats, single parts, any order",
    source: "Lad et al. 2024, arXiv:2406.19384: deletions and adjacent swaps",
    acts: ["generation", "scoring", "classification"],
    lossless: false,
    training: "none",
    layers: "Entries are 0-based: without an order, entry l is block l",
    deviations: [
      "Repeats, single parts and orders beyond one adjacent swap are not the paper's",
      "prompt=false, a full-depth prompt under a list for the generated tokens, is not the paper's",
      "A repeated block keeps the entries of each of its passes apart",
    ],
  },
  options: {
    order: entriesOption("Blocks in the order in which they run; [] for all of them as trained"),
    skip: entriesOption("Entries of the list that are left out"),
    skipAttention: entriesOption("Entries of which only the MLP runs"),
    skipMlp: entriesOption("Entries of which only the attention runs"),
    repeat: entriesOption("Entries that run twice in a row"),
    swap: entriesOption("Places whose entry changes places with the next one, one after the other"),
    prompt: contract.flagOption({
      help: "Whether the prompt and the first token follow the list as well",
      default: true,
    }),
  },
  defaultFill: () => "none",
  actsOnPrompt: (options) => options.prompt,
  validate: validateLayerList,
  plan: planLayerList,
};

/**
 * Policies of the readout: they run behind one that reads out at heights.
 *
 * @module
 */
import type { PolicyPlugin } from "../../harness/contract/mod.ts";
import { vocabularyPruning } from "./vocabulary_pruning.ts";

export {
  keepTokens,
  vocabularyPruning,
  type VocabularyPruningOptions,
} from "./vocabulary_pruning.ts";

/** All of them, in the order in which they are listed. */
export const readoutPolicies: readonly PolicyPlugin[] = [vocabularyPruning as PolicyPlugin];

/**
 * Interventions: every block deleted, every pair of neighbours swapped.
 *
 *     layer_list(skip=[l])   l = 0..L − 1        layer_list(swap=[l])   l = 0..L − 2
 *
 * Prompt and text follow the same plan, as if each were another model, so no
 * entry is ever owed. The blocks below the first one that differs run once for
 * all of them.
 *
 * Source: Lad et al. 2024, arXiv:2406.19384.
 * Cost: about (2L − 1) / 2 full passes over the text.
 *
 * @module
 */
import type { StudyPlugin } from "../harness/contract/suite.ts";
import { interventionArms } from "./_intervention_arms.ts";

/** The study of interventions. */
export const interventions: StudyPlugin = {
  name: "interventions",
  summary: "Every block deleted and every pair of neighbours swapped: what each block is good for",
  suites: ["prose", "code"],
  passes: ["lockstep"],
  arms: interventionArms,
};

/**
 * The explicit list of suites.
 *
 * @module
 */
import type { StudyPlugin, SuitePlugin } from "../harness/contract/suite.ts";
import { arithmetic } from "./arithmetic.ts";
import { arithmeticHard } from "./arithmetic_hard.ts";
import { brackets } from "./brackets.ts";
import { code } from "./code.ts";
import { codeLine } from "./code_line.ts";
import { copy } from "./copy.ts";
import { counting } from "./counting.ts";
import { induction } from "./induction.ts";
import { interventions } from "./interventions.ts";
import { keywords } from "./keywords.ts";
import { markov } from "./markov.ts";
import { mixed } from "./mixed.ts";
import { oracleGap } from "./oracle_gap.ts";
import { parity } from "./parity.ts";
import { prose } from "./prose.ts";
import { quoting } from "./quoting.ts";
import { recall } from "./recall.ts";
import { recallMany } from "./recall_many.ts";
import { reproduce } from "./reproduce.ts";
import { reverse } from "./reverse.ts";
import { sentenceVote } from "./sentence_vote.ts";
import { sorting } from "./sorting.ts";
import { speed } from "./speed.ts";
import { suitability } from "./suitability.ts";

export { arithmetic, arithmeticHard, brackets, code, codeLine, copy, counting, induction };
export { keywords, markov, mixed, parity, prose, quoting, recall, recallMany, reverse };
export { sentenceVote, sorting, speed };
export { interventions, oracleGap, reproduce, suitability };

/** All built-in suites, in the order in which they are listed and run. */
export const suites: readonly SuitePlugin[] = [
  copy,
  recall,
  arithmetic,
  prose,
  reverse,
  induction,
  recallMany,
  sorting,
  brackets,
  parity,
  counting,
  arithmeticHard,
  mixed,
  sentenceVote,
  keywords,
  markov,
  code,
  codeLine,
  quoting,
  speed,
];

/** All studies: grids of arms over suites. */
export const studies: readonly StudyPlugin[] = [interventions, suitability, oracleGap, reproduce];

/**
 * Suites over local files: own rows, and the explicit list of standard sets.
 * Nothing here fetches anything; the file is the user's.
 *
 * @module
 */
import type { LocalSet } from "./_local_suite.ts";
import { cnnDailymail } from "./cnn_dailymail.ts";
import { gsm8k, gsm8kFlexible } from "./gsm8k.ts";
import { hellaswag } from "./hellaswag.ts";
import { lambada } from "./lambada.ts";
import { sst2 } from "./sst2.ts";
import { wikitext2 } from "./wikitext2.ts";
import { xsum } from "./xsum.ts";

export type { LocalSet };
export { openOwnRows, type SettingsFile } from "./own_rows.ts";
export { readSuitePath, type SuitePath } from "./suite_path.ts";

/** All standard sets. */
export const localSets: readonly LocalSet[] = [
  wikitext2,
  gsm8k,
  gsm8kFlexible,
  hellaswag,
  lambada,
  cnnDailymail,
  xsum,
  sst2,
];

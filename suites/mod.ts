/**
 * The explicit list of suites.
 *
 * @module
 */
import type { SuitePlugin } from "../harness/contract/suite.ts";
import { arithmetic } from "./arithmetic.ts";
import { copy } from "./copy.ts";
import { prose } from "./prose.ts";
import { recall } from "./recall.ts";

export { arithmetic, copy, prose, recall };

/** All built-in suites, in the order in which they are listed and run. */
export const suites: readonly SuitePlugin[] = [copy, recall, arithmetic, prose];

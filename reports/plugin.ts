/**
 * What a report is: a pure rendering of a summary.
 *
 * @module
 */
import type { Summary } from "../harness/contract/summary.ts";

/** A format in which a summary can be printed. Importing one costs nothing. */
export interface ReportPlugin {
  /** Name on the command line. */
  readonly name: string;
  /** File extension without the dot. */
  readonly extension: string;
  /** Media type of the text. */
  readonly mediaType: string;
  /**
   * The text of the report, ending with a newline. Equal summaries give equal
   * bytes: no clock, no chance. A promise where rendering loads libraries first.
   */
  render(summary: Summary): string | Promise<string>;
}

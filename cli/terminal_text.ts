/**
 * Text that is safe to print on a terminal: model output, prompts, names of
 * files and messages of plugins are hostile until shown otherwise.
 *
 * @module
 */

// C0 and C1 controls but tab and line feed; ESC and CSI are among them. Bidirectional overrides
// reorder a line and are dropped too.
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

// Whole escape sequences: CSI with its parameters, OSC with its text.
// deno-lint-ignore no-control-regex
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;

/** `text` without escape sequences and control characters; tab and line feed stay. */
export function stripControls(text: string): string {
  return text.replace(SEQUENCES, "").replace(CONTROLS, "");
}

/** `text` on one line: controls removed, runs of blanks made one. */
export function oneLine(text: string): string {
  return stripControls(text.replace(/\s+/g, " ")).trim();
}

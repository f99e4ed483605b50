/**
 * The command line: `deno task depthbench <command>`.
 *
 * @module
 */
import { dispatch } from "./cli/dispatch.ts";
import { commands } from "./cli/mod.ts";
import { openProcessIo } from "./cli/process_io.ts";

if (import.meta.main) Deno.exit(await dispatch(Deno.args, { commands, io: openProcessIo() }));

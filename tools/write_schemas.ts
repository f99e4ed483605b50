/**
 * `deno task update:schemas`: writes the JSON Schemas of what machines read into
 * `docs/schemas`, from the schemas that the code checks by.
 *
 * @module
 */
import { frozenOptionsJsonSchema } from "../harness/calibrate/frozen_options.ts";
import { baselineJsonSchema, gateJsonSchema } from "../harness/gate/schema.ts";
import { runSpecJsonSchema } from "../harness/run_spec.ts";

/** Schemas by file name, without `.json`. */
export function publishedSchemas(): Readonly<Record<string, Record<string, unknown>>> {
  return {
    baseline: baselineJsonSchema(),
    frozen_options: frozenOptionsJsonSchema(),
    gate: gateJsonSchema(),
    run_spec: runSpecJsonSchema(),
  };
}

/** The text of a schema's file, before it is formatted. */
export function schemaText(schema: Record<string, unknown>): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (import.meta.main) {
  const folder = new URL("../docs/schemas/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, schema] of Object.entries(publishedSchemas())) {
    await Deno.writeTextFile(new URL(`${name}.json`, folder), schemaText(schema));
  }
}

import { assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "./contract/errors.ts";
import { createCatalog } from "./registry.ts";

const KIND = { one: "policy", many: "policies" };

Deno.test("createCatalog() finds an entry by its exact name", () => {
  const calm = { name: "calm" };
  assertStrictEquals(createCatalog([{ name: "full_depth" }, calm], KIND).find("calm"), calm);
});

Deno.test("createCatalog() names the nearest entry of an unknown name", () => {
  const catalog = createCatalog([{ name: "full_depth" }, { name: "calm" }], KIND);
  const error = assertThrows(() => catalog.find("clam"), UsageError);
  assertStrictEquals(
    error.message,
    'Cannot find policy "clam": did you mean "calm"? ("list policies" shows all)',
  );
  assertThrows(() => catalog.find("__proto__"), UsageError, "expected one of");
});

Deno.test("createCatalog() refuses two entries of one name", () => {
  assertThrows(() => createCatalog([{ name: "a" }, { name: "a" }], KIND), RangeError, "twice");
});

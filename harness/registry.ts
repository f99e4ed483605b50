/**
 * Plugins by name, from explicit lists. The lists live with the plugins and are
 * joined by whoever starts a run; nothing registers itself.
 *
 * @module
 */
import type { BackendPlugin } from "./contract/backend.ts";
import { UsageError } from "./contract/errors.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import type { StudyPlugin, SuitePlugin } from "./contract/suite.ts";
import { didYouMean } from "./nearest_name.ts";

/** Plugins of one kind. */
export interface Catalog<T> {
  /** The kind in words: `"policy"`. */
  readonly kind: string;
  /** All of them, in the order of the list. */
  readonly list: readonly T[];
  /** Their names, in the same order. */
  readonly names: readonly string[];
  /** The one of that name. Throws `UsageError` with the nearest name. */
  find(name: string): T;
}

/** What can be named in a run. */
export interface Registry {
  /** Policies. */
  readonly policies: Catalog<PolicyPlugin>;
  /** Suites. */
  readonly suites: Catalog<SuitePlugin>;
  /** Studies, named like suites. */
  readonly studies: Catalog<StudyPlugin>;
  /** Backends. */
  readonly backends: Catalog<BackendPlugin>;
}

/** The lists that a registry is made of. */
export interface RegistryLists {
  /** Policies. */
  readonly policies: readonly PolicyPlugin[];
  /** Suites. */
  readonly suites: readonly SuitePlugin[];
  /** Studies, none when absent. */
  readonly studies?: readonly StudyPlugin[];
  /** Backends. */
  readonly backends: readonly BackendPlugin[];
}

/** Words for a kind of plugin. */
export interface Kind {
  /** One of them: `"policy"`. */
  readonly one: string;
  /** Several of them, as the `list` command calls them: `"policies"`. */
  readonly many: string;
}

/** Makes a catalog. Throws `RangeError` when two entries have one name. */
export function createCatalog<T extends { readonly name: string }>(
  list: readonly T[],
  kind: Kind,
): Catalog<T> {
  const byName = new Map<string, T>();
  for (const entry of list) {
    if (byName.has(entry.name)) {
      throw new RangeError(
        `Cannot list ${kind.many}: expected unique names: "${entry.name}" comes twice`,
      );
    }
    byName.set(entry.name, entry);
  }
  const names = [...byName.keys()];
  return {
    kind: kind.one,
    list,
    names,
    find(name: string): T {
      const found = byName.get(name);
      if (found !== undefined) return found;
      throw new UsageError(
        `Cannot find ${kind.one} "${name}": ${
          didYouMean(name, names)
        } ("list ${kind.many}" shows all)`,
      );
    },
  };
}

/** Makes a registry from explicit lists. */
export function createRegistry(lists: RegistryLists): Registry {
  return {
    policies: createCatalog(lists.policies, { one: "policy", many: "policies" }),
    suites: createCatalog(lists.suites, { one: "suite", many: "suites" }),
    studies: createCatalog(lists.studies ?? [], { one: "study", many: "studies" }),
    backends: createCatalog(lists.backends, { one: "backend", many: "backends" }),
  };
}

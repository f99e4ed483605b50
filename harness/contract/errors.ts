/**
 * The errors of Depthbench and the exit codes they become.
 *
 * Messages are one sentence in sentence case without a final period: what was
 * wanted, what came, the way out. Strings are quoted. `cause` is kept.
 *
 * @module
 */

/** The user asked for something that does not exist or is out of range. Exit code 64. */
export class UsageError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "UsageError";
}

/**
 * This machine, model or backend cannot do what was asked. A cell of a run
 * that meets it is recorded as skipped with the message as reason.
 */
export class UnsupportedError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "UnsupportedError";
}

/**
 * A device went away in the middle of a run: nothing more can be done on the
 * session. A run that meets it ends; the same command goes on with what is missing.
 */
export class DeviceLostError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "DeviceLostError";
}

/** A plugin broke the contract. The message names the plugin. */
export class ContractError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "ContractError";
  /** Name of the plugin that broke the contract. */
  readonly plugin: string;

  /** Prefixes the message with the plugin's name. */
  constructor(plugin: string, message: string, options?: ErrorOptions) {
    super(`Plugin "${plugin}" breaks the contract: ${message}`, options);
    this.plugin = plugin;
  }
}

/** Where in a file a reader gave up. */
export interface ModelFormatPlace {
  /** Byte offset in the file at which the field starts. */
  readonly offset: number;
  /** Name of the field that was wrong. */
  readonly field: string;
  /** The bound that the field broke, where there is one. */
  readonly limit?: number | string;
}

/** A model file is malformed, truncated or hostile. Exit code 3. */
export class ModelFormatError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "ModelFormatError";
  /** Byte offset of the offending field. */
  readonly offset: number;
  /** Name of the offending field. */
  readonly field: string;
  /** The bound that was broken, where there is one. */
  readonly limit: number | string | undefined;

  /** `place` says which field at which offset broke which bound. */
  constructor(message: string, place: ModelFormatPlace, options?: ErrorOptions) {
    super(
      `Cannot read model: field "${place.field}" at offset ${place.offset}: ${message}`,
      options,
    );
    this.offset = place.offset;
    this.field = place.field;
    this.limit = place.limit;
  }
}

/** Input data (records, JSON, text) is unreadable or malformed. Exit code 3. */
export class InputError extends Error {
  /** The name shown in stack traces. */
  override readonly name = "InputError";
}

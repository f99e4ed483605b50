/** The part of `@std/fmt/colors` that this repository uses. Off when `NO_COLOR` is set. */
export declare function setColorEnabled(value: boolean): void;
export declare function getColorEnabled(): boolean;
export declare function bold(str: string): string;
export declare function dim(str: string): string;
export declare function red(str: string): string;
export declare function green(str: string): string;
export declare function yellow(str: string): string;
export declare function blue(str: string): string;
export declare function cyan(str: string): string;
export declare function gray(str: string): string;
export declare function stripAnsiCode(string: string): string;

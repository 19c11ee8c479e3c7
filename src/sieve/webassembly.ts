/** As much of WebAssembly as we use: the types of Node 20 leave it out. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown };
  readonly CompileError: new () => Error;
}

/** Compiled; can be sent to another thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]?: string;
}

export interface WasmMemory {
  /** Another one after each {@link WasmMemory.grow}. */
  readonly buffer: SharedArrayBuffer;
  /** @param pages of 64 KiB. */
  grow(pages: number): void;
}

declare const WebAssembly: WebAssemblyApi | undefined;

/** Undefined where Node was told to do without. */
export const webAssembly = typeof WebAssembly === 'undefined' ? undefined : WebAssembly;

/** What the compiled module exports; see assembly/shortlist.ts. */
export interface ShortlistExports {
  shortlist(
    user: number,
    rows: number,
    scales: number,
    stride: number,
    from: number,
    to: number,
    unit: number,
    error: number,
    threshold: number,
    out: number,
  ): number;
}

/** A memory that does not grow, so that its buffer stays the same. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of WebAssembly that is used here: TypeScript declares it with the browser's library only. */
interface Host {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: ShortlistExports };
}

/** Absent from a Node that may not compile, `node --jitless`. */
export const webAssembly = (globalThis as { WebAssembly?: Host }).WebAssembly;

/** A compiled module; only passed on. */
export type WasmModule = object;

/** A memory that threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages; arrays over the buffer as it was stay valid. */
  grow(pages: number): number;
}

/** What the kernel exports; see assembly/kernel.ts. */
export interface KernelExports {
  /** Does one chunk of the job; 0 when there was none. */
  work(job: number, scratch: number): number;
  /** Works off jobs until closed. */
  serve(job: number, scratch: number): void;
  /** Numbers texts; see assembly/texts.ts. */
  numberTexts(texts: number, bytes: number, offsets: number, rows: number, hashes: number, out: number): void;
  moveTexts(texts: number, slots: number, mask: number): void;
}

/** The part of WebAssembly that is used here: TypeScript declares it with the browser's library only. */
interface Host {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => WasmModule;
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  Instance: new (module: WasmModule, imports: { env: { memory: WasmMemory } }) => { readonly exports: KernelExports };
}

/** Absent from a Node that may not compile, `node --jitless`. */
export const webAssembly = (globalThis as { WebAssembly?: Host }).WebAssembly;

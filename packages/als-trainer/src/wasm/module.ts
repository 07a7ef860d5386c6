import { kernelBase64 } from './kernel-bytes.js';
import { ADDRESSABLE_BYTES, PAGE_BYTES } from './memory-plan.js';

/** A compiled module. */
type WasmModule = object;

/** A memory that threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages; arrays over the old buffer stay valid. */
  grow(pages: number): number;
}

/** What the kernel exports; see assembly/kernel.ts. */
interface KernelExports {
  /** Does one chunk of the job; 0 when none was left. */
  work(job: number, scratch: number): number;
  /** Takes chunks of jobs until closed. */
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

/** Undefined where Node may not compile (`node --jitless`). */
const webAssembly = (globalThis as { WebAssembly?: Host }).WebAssembly;

/** What a kernel needs of the machine. */
export interface WasmHost {
  readonly module: WasmModule;
  /** A shared memory of `pages` pages, which may grow up to 4 GiB. */
  allocate(pages: number): WasmMemory;
  /** The kernel over a memory, for the calling thread. */
  instantiate(memory: WasmMemory): KernelExports;
}

let host: WasmHost | undefined;

/** The kernel, compiled once; undefined where the machine has no WebAssembly with vectors and threads. */
export function wasmHost(): WasmHost | undefined {
  if (host || !webAssembly) return host;
  const { Instance, Memory, Module } = webAssembly;
  const bytes = Buffer.from(kernelBase64, 'base64');
  if (!webAssembly.validate(bytes)) return undefined;
  const module = new Module(bytes);
  return (host = {
    module,
    allocate: (pages) => new Memory({ initial: pages, maximum: ADDRESSABLE_BYTES / PAGE_BYTES, shared: true }),
    instantiate: (memory) => new Instance(module, { env: { memory } }).exports,
  });
}

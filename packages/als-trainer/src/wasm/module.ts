import { kernelBase64 } from './kernel-bytes.js';
import { addressableBytes, pageBytes } from './memory-plan.js';
import { webAssembly } from './web-assembly.js';
import type { KernelExports, WasmMemory, WasmModule } from './web-assembly.js';

/** What a kernel needs of the machine. */
export interface WasmHost {
  readonly module: WasmModule;
  /** A shared memory of `pages` pages, which may grow to all that can be addressed. */
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
    allocate: (pages) => new Memory({ initial: pages, maximum: addressableBytes / pageBytes, shared: true }),
    instantiate: (memory) => new Instance(module, { env: { memory } }).exports,
  });
}

/**
 * Who may import whom, and who may touch the machine: the layout of the project as data. The lint
 * plugin enforces it and `docs/architecture.md` prints it.
 *
 * @module
 */

/**
 * What each place may import besides itself. A place is a folder or a file; the longest one that
 * holds a file decides. `type x` allows `import type` alone, `lazy x` a literal `import()` alone.
 */
export const imports: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "deno.json": [],
  "config": ["errors.ts"],
  "tensor": ["errors.ts"],
  "plugins": ["errors.ts", "config", "tensor/random.ts", "store/permissions.ts"],
  "molecules": ["tensor"],
  "likelihoods": ["type plugins"],
  "phylogeny": [],
  "envs": [
    "type plugins",
    "type config",
    "lazy envs/data",
    "type molecules",
    "lazy molecules",
    "lazy likelihoods",
    "type phylogeny",
    "lazy phylogeny",
  ],
  "envs/data": [],
  "envs/_registry.ts": ["envs", "type plugins"],
  "policies": ["errors.ts", "tensor", "type plugins"],
  "rollout": ["errors.ts", "config", "tensor", "plugins", "policies"],
  "objectives": ["errors.ts", "tensor", "rollout"],
  "metrics": ["errors.ts", "plugins", "rollout", "type policies", "type objectives"],
  "train": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "policies",
    "rollout",
    "objectives",
    "metrics",
  ],
  "trained": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "rollout",
    "metrics",
    "train",
    "type objectives",
  ],
  "conformance": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "policies",
    "rollout",
    "objectives",
    "train",
  ],
  "sandbox": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "objectives",
    "train",
    "trained",
    "conformance",
  ],
  "store": ["errors.ts", "config", "train/events.ts", "type train"],
  "store/permissions.ts": ["errors.ts"],
  "stored": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "envs",
    "objectives",
    "train",
    "trained",
    "sandbox",
    "store",
    "deno.json",
  ],
  "reports": ["errors.ts", "config", "metrics", "store", "type train", "type trained"],
  "cli": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "envs",
    "policies",
    "rollout",
    "objectives",
    "metrics",
    "train",
    "trained",
    "sandbox",
    "conformance",
    "store",
    "stored",
    "reports",
    "examples",
  ],
  "gfn.ts": ["errors.ts", "cli"],
  "mod.ts": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "envs",
    "policies",
    "rollout",
    "objectives",
    "metrics",
    "train",
    "trained",
    "sandbox",
    "conformance",
  ],
  "examples": ["type mod.ts"],
  "examples/browser": [
    "errors.ts",
    "config",
    "tensor",
    "plugins",
    "envs",
    "rollout",
    "objectives",
    "metrics",
    "train",
  ],
};

/** Places outside the library: they may import anything and use the machine. */
export const workshops: readonly string[] = ["_tools", "bench", "tests"];

/** Where each package may be imported, workshops included. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "@tensorflow/tfjs-core": ["tensor/_tfjs.ts"],
  "@tensorflow/tfjs-backend-cpu": ["tensor/backend.ts"],
  "zod": [
    "config",
    "plugins",
    "objectives",
    "train",
    "sandbox",
    "trained",
    "store",
    "reports",
    "cli",
    "mod.ts",
    "examples/browser",
    ...workshops,
  ],
  "@optique/core": ["cli"],
  "@optique/run": ["cli"],
  "fast-check": ["tests"],
  "fflate": ["store", "tests"],
  "@observablehq/plot": ["reports"],
  "linkedom": ["reports", "tests"],
  "@resvg/resvg-wasm": ["reports"],
  "@expo-google-fonts/inter": ["reports"],
  "openchemlib": ["molecules"],
  "playwright-core": ["tests/browser", "bench"],
  "typescript": ["_tools/declarations"],
  "rollup": ["_tools/declarations"],
  "rollup-plugin-dts": ["_tools/declarations"],
};

/** Files that may use `Deno`, `node:` modules and computed imports. */
export const systemUsers: readonly string[] = [
  "cli",
  "store",
  "stored",
  "plugins/_host",
  "sandbox",
  "tensor/native_blas.ts",
  "gfn.ts",
  ...workshops,
];

/** Files that may read the clock or draw unseeded random numbers. */
export const ambientUsers: readonly string[] = [
  ...["cli", "sandbox", "store", "stored", "examples/browser"],
  ...workshops,
];

/** Files that may print. */
export const printers: readonly string[] = ["cli", ...workshops];

/**
 * Whether a file lies in a place: is the file itself, lies in the folder, or, for a place whose last
 * part starts with an underscore, has a name that starts so.
 */
export function isIn(path: string, place: string): boolean {
  if (path === place || path.startsWith(`${place}/`)) return true;
  const name = place.slice(place.lastIndexOf("/") + 1);
  return name.startsWith("_") && place.includes("/") && path.startsWith(place);
}

/** The row of {@linkcode imports} that holds a file, or undefined where none does. */
export function placeOf(path: string): string | undefined {
  return Object.keys(imports)
    .filter((place) => isIn(path, place))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** The table of imports as `docs/architecture.md` prints it. */
export function layoutText(): string {
  const width = Math.max(...Object.keys(imports).map((place) => place.length)) + 2;
  return Object.entries(imports)
    .map(([place, allowed]) => place.padEnd(width) + (allowed.join(", ") || "nothing"))
    .join("\n");
}

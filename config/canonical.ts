/**
 * One text for one value: what a config's hash is taken of.
 *
 * @module
 */

/** JSON with the keys of every object in order of their code units and no spaces. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).toSorted(
    ([a], [b]) => a < b ? -1 : 1,
  );
  return `{${
    entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")
  }}`;
}

/** SHA-256 of the canonical JSON of a value, 64 hexadecimal digits. */
export async function configHash(value: unknown): Promise<string> {
  return await sha256Of(new TextEncoder().encode(canonicalJson(value)));
}

/** The SHA-256 of bytes, 64 hexadecimal digits. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

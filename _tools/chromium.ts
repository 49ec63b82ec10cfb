/**
 * Where a Chromium for browser tests is: `CHROMIUM` in the environment, or where Debian, Fedora and macOS put it.
 *
 * @module
 */

const PLACES = [
  ...["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The first place that has one; null where none has. */
export function chromiumPath(): string | null {
  const asked = Deno.env.get("CHROMIUM");
  return (asked ? [asked] : PLACES).find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

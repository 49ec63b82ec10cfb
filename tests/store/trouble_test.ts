import assert from "node:assert/strict";
import { comparableEvents, gfn, jsonLines, spawnGfn, withFolder } from "../cli/_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const settings = [
  ...["--set", "env.side=6", "--set", "policy.hidden=[8]", "--set", "checkpoint.every=10"],
  ...["--set", "log.every=1", "--set", "eval.every=50", "--quiet"],
];
const access = (...paths: string[]) => [
  `--allow-read=${paths.join(",")}`,
  `--allow-write=${paths.join(",")}`,
];

const events = (folder: string) => comparableEvents(`${folder}/metrics.jsonl`);

async function unbroken(folder: string, steps: string): Promise<unknown[]> {
  const path = `${folder}/unbroken`;
  const { code, stderr } = await gfn(
    ["train", "--steps", steps, ...settings, "--out", path],
    access(path),
  );
  assert.equal(code, 0, stderr);
  return events(path);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether this machine lets us mount a small file system of memory. */
function mount(folder: string, options: string): boolean {
  try {
    const args = ["-t", "tmpfs", "-o", options, "tmpfs", folder];
    return new Deno.Command("mount", { args, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
const unmount = (folder: string) => new Deno.Command("umount", { args: [folder] }).outputSync();
const canMount = await (async () => {
  const folder = await Deno.makeTempDir();
  const can = mount(folder, "size=64k");
  if (can) unmount(folder);
  Deno.removeSync(folder);
  return can;
})();
if (!canMount) {
  console.warn("no file system can be mounted here: full and read-only disks are not tested");
}

Deno.test({
  name: "a full disk ends the run in one line; with room again it goes on to the same events",
  ignore: !canMount,
  fn: () =>
    withFolder(async (folder) => {
      const wanted = await unbroken(folder, "300");
      const disk = `${folder}/disk`, out = `${disk}/run`;
      Deno.mkdirSync(disk);
      assert.ok(mount(disk, "size=96k"));
      try {
        const { code, stderr } = await gfn(
          ["train", "--steps", "300", ...settings, "--out", out],
          access(out),
        );
        assert.match(
          stderr,
          /^gfn: Cannot write the run to .*\/disk\/run: No space left on device \(os error 28\)[^\n]*\n$/,
        );
        assert.equal(code, 1);
        const checked = await gfn(["validate", `${out}/metrics.jsonl`], access(out));
        assert.ok(jsonLines(checked.stdout)[0].lines > 3, checked.stderr);
        assert.ok(mount(disk, "remount,size=4m"));
        const again = await gfn(["train", "--resume", out, "--quiet"], access(out));
        assert.equal(again.code, 0, again.stderr);
        assert.deepEqual(events(out), wanted);
      } finally {
        unmount(disk);
      }
    }),
});

Deno.test("a writer that fails at any byte ends the run in one line, and it goes on to the same events", () =>
  withFolder(async (folder) => {
    const wanted = await unbroken(folder, "60");
    for (const room of [3_000, 9_000, 14_000, 30_000]) {
      const out = `${folder}/run${room}`, full = `${folder}/full.js`;
      Deno.writeTextFileSync(
        full,
        `let room = ${room};
         const write = Deno.FsFile.prototype.writeSync;
         Deno.FsFile.prototype.writeSync = function (bytes) {
           if (room <= 0) throw new Error("No space left on device (os error 28)");
           const taken = write.call(this, bytes.subarray(0, room));
           room -= taken;
           return taken;
         };`,
      );
      const { code, stderr } = await gfn(
        ["train", "--steps", "60", ...settings, "--out", out],
        [`--preload=${full}`, ...access(out)],
      );
      assert.match(stderr, /^gfn: Cannot write the run to .*: No space left on device[^\n]*\n$/);
      assert.equal(code, 1);
      const begun = exists(`${out}/run.json`);
      const args = begun
        ? ["train", "--resume", out, "--quiet"]
        : ["train", "--steps", "60", ...settings, "--out", out];
      const again = await gfn(args, access(out));
      assert.equal(again.code, 0, `${room}: ${again.stderr}`);
      assert.deepEqual(events(out), wanted);
    }
  }));

Deno.test({
  name: "a read-only folder is refused in one line and stays as it is",
  ignore: !canMount,
  fn: () =>
    withFolder(async (folder) => {
      const disk = `${folder}/disk`, out = `${disk}/run`;
      Deno.mkdirSync(disk);
      assert.ok(mount(disk, "size=4m"));
      try {
        await gfn(["train", "--steps", "20", ...settings, "--out", out], access(out));
        assert.ok(mount(disk, "remount,ro"));
        const resumed = await gfn(["train", "--resume", out, "--steps", "40"], access(out));
        assert.match(
          resumed.stderr,
          /^gfn: Cannot write the run to .*\/run: Read-only file system \(os error 30\)[^\n]*\n$/,
        );
        const other = `${disk}/other`;
        const begun = await gfn(["train", ...settings, "--out", other], access(other));
        assert.match(
          begun.stderr,
          /^gfn: Cannot write the run to .*\/other: Read-only file system/,
        );
        assert.deepEqual([resumed.code, begun.code], [1, 1]);
        const sampled = await gfn(["sample", out, "-n", "3"], access(out));
        assert.equal(sampled.code, 0, sampled.stderr);
        assert.equal(jsonLines(sampled.stdout).length, 3);
      } finally {
        unmount(disk);
      }
    }),
});

Deno.test("a second writer is refused, and the first goes on", () =>
  withFolder(async (folder) => {
    const out = `${folder}/run`;
    const child = spawnGfn(["train", "--steps", "100000", ...settings, "--out", out], access(out));
    const isThere = () => {
      try {
        return Deno.readTextFileSync(`${out}/metrics.jsonl`).includes('"checkpoint"');
      } catch {
        return false;
      }
    };
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await gfn(["train", "--resume", out], access(out));
    assert.equal(
      second.stderr.replaceAll(out, "DIR"),
      "gfn: Cannot write the run to DIR: found another process that writes there, want it ended first\n",
    );
    assert.equal(second.code, 2);
    child.kill("SIGINT");
    const { code } = await child.output();
    assert.equal(code, 130);
    const step = jsonLines(Deno.readTextFileSync(`${out}/metrics.jsonl`)).at(-1).step;
    const names = Array.from(Deno.readDirSync(`${out}/checkpoints`), ({ name }) => parseInt(name));
    assert.equal(Math.max(...names), step); // what an interrupt leaves can be gone on with from there
  }));

Deno.test("a run whose reader goes away stores its state and fails, and goes on to the same events", () =>
  withFolder(async (folder) => {
    const wanted = await unbroken(folder, "200");
    const out = `${folder}/run`;
    const child = spawnGfn(["train", "--steps", "200", ...settings, "--out", out], access(out));
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const [{ code }, stderr] = await Promise.all([
      child.status,
      new Response(child.stderr).text(),
    ]);
    assert.match(stderr, /^gfn: Cannot write to stdout: Broken pipe/);
    assert.equal(code, 1);
    const { reason, step } = jsonLines(Deno.readTextFileSync(`${out}/metrics.jsonl`)).at(-1);
    assert.equal(reason, "interrupted");
    const names = Array.from(Deno.readDirSync(`${out}/checkpoints`), ({ name }) => parseInt(name));
    assert.equal(Math.max(...names), step);
    const again = await gfn(["train", "--resume", out, "--quiet"], access(out));
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(events(out), wanted);
  }));

Deno.test("clocks that are set back while a run goes on change nothing but times", () =>
  withFolder(async (folder) => {
    const wanted = await unbroken(folder, "60"), out = `${folder}/run`;
    const clock = `${folder}/clock.js`;
    Deno.writeTextFileSync(
      clock,
      `let now = 1e12;
       Date.now = () => now -= 3.6e6;
       const before = performance.now.bind(performance);
       performance.now = () => -before();`,
    );
    for (const args of [["--steps", "60", ...settings, "--out", out], ["--resume", out]]) {
      const { code, stderr } = await gfn(
        ["train", ...args, ...(args[0] === "--resume" ? ["--quiet"] : [])],
        [`--preload=${clock}`, ...access(out)],
      );
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(events(out), wanted);
  }));

Deno.test("a plugin's run goes on from its folder alone, and not with another plugin", () =>
  withFolder(async (folder) => {
    const plugin = `${folder}/my_ring.ts`, out = `${folder}/run`;
    Deno.copyFileSync(`${root}examples/plugins/ring.ts`, plugin);
    const narrow = settings.filter((_, i) => i > 1); // but for the grid's side
    const steps = (n: string) => ["--steps", n];
    const readTool = `--allow-read=${root},${folder}`, write = `--allow-write=${folder}`;
    const whole = await gfn(
      ["train", plugin, ...steps("60"), ...narrow, "--out", `${folder}/whole`],
      [readTool, write],
    );
    assert.equal(whole.code, 0, whole.stderr);
    await gfn(["train", plugin, ...steps("30"), ...narrow, "--out", out], [readTool, write]);
    Deno.removeSync(plugin);
    const again = await gfn(["train", "--resume", out, ...steps("60"), "--quiet"], [
      readTool,
      write,
    ]);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(events(out).slice(1), events(`${folder}/whole`).slice(1));
    const sampled = await gfn(["sample", out, "-n", "100"], [readTool]);
    assert.equal(jsonLines(sampled.stdout).length, 100, sampled.stderr);

    Deno.writeTextFileSync(`${out}/plugin.ts`, "throw new Error('I ran');");
    const edited = await gfn(["sample", out], [readTool]);
    assert.match(
      edited.stderr,
      /^gfn: Cannot go on with plugin .*\/my_ring\.ts: found the SHA-256 \w{64} of the source that was kept, want \w{64} as it was run\n$/,
    );
    assert.equal(edited.code, 1);
  }));

import assert from "node:assert/strict";
import { gfn, jsonLines } from "../cli/_command.ts";

const script = new URL("_blas_products.ts", import.meta.url).pathname;

/** The largest difference between the library's products and ours, or null where none is installed. */
async function difference(): Promise<number | null> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", script],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const found = await difference();
const blas = ["train", "--steps", "3", "--quiet", "--set", "engine.gemm=blas"];

Deno.test({
  name: "products of the system's BLAS are ours up to rounding, with every epilogue",
  ignore: found === null,
  fn() {
    assert.ok(found! < 1e-5, `${found}`);
  },
});

Deno.test({
  name: "a run with the system's BLAS names the library in its first line",
  ignore: found === null,
  async fn() {
    const { code, stdout, stderr } = await gfn(blas, ["--allow-ffi"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const [run] = jsonLines(stdout);
    assert.match(run.host.kernels, /blas|blis|mkl|Accelerate/);
  },
});

Deno.test("the system's BLAS without the permission is refused with the flag, and nothing runs", async () => {
  assert.deepEqual(await gfn(blas), {
    code: 2,
    stdout: "",
    stderr:
      "gfn: Cannot use engine.gemm = blas: found no permission to call native code, want deno run --allow-ffi\n",
  });
});

Deno.test("a library that is not there, or is no BLAS, is refused by its path", async () => {
  const { code, stdout, stderr } = await gfn(
    [...blas, "--set", "engine.blas=/nowhere/libblas.so"],
    ["--allow-ffi"],
  );
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^gfn: Cannot use the BLAS library \/nowhere\/libblas\.so: .*; want a library with cblas_sgemm in engine\.blas\n$/,
  );
});

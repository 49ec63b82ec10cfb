import assert from "node:assert/strict";
import fc from "fast-check";
import { CHECKPOINT_FORMAT, decodeCheckpoint, encodeCheckpoint } from "../../store/checkpoint.ts";
import { decodeTensors, encodeTensors } from "../../store/safetensors.ts";
import { sha256Of } from "../../config/canonical.ts";

const values = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
);
const tables = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }).filter((name) =>
    name !== "__metadata__" && name !== "__proto__"
  ),
  values.map((values) => ({ shape: [values.length], values })),
  { maxKeys: 6, noNullPrototype: true },
);

Deno.test("decodeTensors() gives back the bits that encodeTensors() was given", () => {
  fc.assert(fc.property(tables, (tensors) => {
    const file = { tensors, metadata: { a: "b" } };
    const bytes = encodeTensors(file), again = decodeTensors(bytes, "a file");
    assert.deepEqual(again.metadata, file.metadata);
    assert.deepEqual(Object.keys(again.tensors).toSorted(), Object.keys(tensors).toSorted());
    for (const [name, { values }] of Object.entries(tensors)) {
      const found = again.tensors[name]!.values;
      assert.equal(found.constructor, values.constructor);
      assert.deepEqual(new Uint8Array(found.buffer), new Uint8Array(values.slice().buffer));
    }
  }));
});

Deno.test("encodeTensors() lays out what the format says", () => {
  const bytes = encodeTensors({
    tensors: {
      b: { shape: [2], values: Float32Array.of(1, -2) },
      a: { shape: [1], values: Float64Array.of(0.5) },
    },
    metadata: {},
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
    __metadata__: {},
    a: { dtype: "F64", shape: [1], data_offsets: [0, 8] },
    b: { dtype: "F32", shape: [2], data_offsets: [8, 16] },
  });
  assert.deepEqual(new Float32Array(bytes.slice(8 + length + 8).buffer), Float32Array.of(1, -2));
});

const checkpoint = {
  snapshot: {
    step: 7,
    trajectories: 112,
    rewards: 112,
    tensors: { x: { shape: [3], values: Float32Array.of(1, 2, 3) } },
  },
  metricsBytes: 1234,
  identity: "abc",
  elapsed: 1.5,
};

Deno.test("a checkpoint comes back, and one with any bit flipped is refused in one line", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  assert.deepEqual(await decodeCheckpoint(bytes, "c"), checkpoint);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << (at % 8);
    await assert.rejects(
      decodeCheckpoint(damaged, "c"),
      {
        code: "E_CHECKPOINT_DAMAGED",
        message: /^Cannot use the checkpoint c: found [^\n]*, want [^\n]*$/,
      },
      `byte ${at}`,
    );
  }
  for (const length of [0, 7, 8, 100, bytes.length - 1]) {
    await assert.rejects(decodeCheckpoint(bytes.slice(0, length), "c"), {
      code: "E_CHECKPOINT_DAMAGED",
    });
  }
});

Deno.test("a checkpoint of a newer gfn says so", async () => {
  const bytes = await encodeCheckpoint(checkpoint), zeros = "0".repeat(64);
  const sum = /"sha256":"(\w{64})"/.exec(new TextDecoder().decode(bytes))![1]!;
  const put = (from: string, to: string) => {
    const at = new TextDecoder("latin1").decode(bytes).indexOf(from);
    bytes.set(new TextEncoder().encode(to), at);
  };
  put(`format\\":${CHECKPOINT_FORMAT}`, `format\\":${CHECKPOINT_FORMAT + 1}`);
  put(sum, zeros);
  put(zeros, await sha256Of(bytes));
  await assert.rejects(decodeCheckpoint(bytes, "c"), {
    message: "Cannot use the checkpoint c: found format 2, want at most 1, or a newer gfn",
  });
});

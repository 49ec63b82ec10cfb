import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate, f32, i32, inUse, MEMORY_BYTES, release, u8 } from "../../tensor/heap.ts";

Deno.test("allocate() gives aligned blocks that do not overlap, whatever the order of releases", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ bytes: fc.nat({ max: 5000 }), keep: fc.boolean() }),
        { minLength: 1, maxLength: 60 },
      ),
      (wishes) => {
        const before = inUse();
        const held: { pointer: number; bytes: number; mark: number }[] = [];
        for (const [i, { bytes, keep }] of wishes.entries()) {
          const pointer = allocate(bytes);
          assert.ok(pointer > 0 && pointer % 64 === 0);
          u8(pointer, bytes).fill(i);
          if (keep) held.push({ pointer, bytes, mark: i });
          else release(pointer);
        }
        for (const { pointer, bytes, mark } of held) {
          assert.ok(u8(pointer, bytes).every((byte) => byte === mark));
          release(pointer);
        }
        assert.equal(inUse(), before);
      },
    ),
  );
});

Deno.test("allocate() wastes at most a quarter, or a cache line", () => {
  for (let bytes = 0; bytes < 5e6; bytes = Math.ceil(bytes * 1.07) + 1) {
    const before = inUse();
    const pointer = allocate(bytes);
    const size = inUse() - before;
    assert.ok(size >= bytes && size <= bytes * 1.25 + 64, `${bytes} bytes take ${size}`);
    release(pointer);
  }
});

Deno.test("release() makes a block the next one of its size", () => {
  const first = allocate(1000);
  release(first);
  const second = allocate(1020);
  assert.equal(second, first);
  release(second);
});

Deno.test("release() refuses what is not in use", () => {
  const pointer = allocate(100);
  release(pointer);
  const refused = { code: "E_MEMORY_RELEASE" };
  assert.throws(() => release(pointer), refused);
  assert.throws(() => release(pointer + 8), refused);
  assert.throws(() => release(0), refused);
  assert.throws(() => release(-64), refused);
});

Deno.test("allocate() names the sums when memory runs out, and merges what was released", () => {
  const before = inUse();
  assert.throws(() => allocate(MEMORY_BYTES), {
    code: "E_MEMORY",
    message: new RegExp(`${MEMORY_BYTES} bytes`),
  });
  assert.throws(() => allocate(NaN), { code: "E_MEMORY" });
  assert.throws(() => allocate(-1), { code: "E_MEMORY" });
  const quarters: number[] = [];
  assert.throws(() => {
    for (;;) quarters.push(allocate(MEMORY_BYTES / 16));
  }, { code: "E_MEMORY" });
  assert.ok(quarters.length >= 13);
  quarters.forEach(release);
  const big = allocate(MEMORY_BYTES / 2);
  release(big);
  assert.equal(inUse(), before);
});

Deno.test("f32(), i32() and u8() see the same bytes", () => {
  const pointer = allocate(8);
  f32(pointer, 2).set([1, -2]);
  assert.deepEqual([...i32(pointer, 2)], [0x3f800000, 0xc0000000 | 0]);
  assert.equal(u8(pointer, 8)[7], 0xc0);
  release(pointer);
});

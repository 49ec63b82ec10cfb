import assert from "node:assert/strict";
import { logAddExp } from "../../metrics/log_add_exp.ts";

Deno.test("logAddExp() adds what is tiny, huge or nothing", () => {
  for (const [a, b] of [[0, 0], [1, -2], [-3, 4]] as const) {
    assert.ok(Math.abs(logAddExp(a, b) - Math.log(Math.exp(a) + Math.exp(b))) < 1e-15);
    assert.equal(logAddExp(a, b), logAddExp(b, a));
  }
  for (const shift of [-1e4, 1e4]) assert.equal(logAddExp(shift, shift), shift + Math.LN2);
  assert.equal(logAddExp(0, -40), Math.exp(-40));
  assert.equal(logAddExp(-Infinity, 3), 3);
  assert.equal(logAddExp(-Infinity, -Infinity), -Infinity);
  assert.equal(logAddExp(Infinity, Infinity), Infinity);
  assert.ok(Number.isNaN(logAddExp(NaN, 0)));
});

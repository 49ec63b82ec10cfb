// Makes the host's code fail, and follows each error home.
type Tools = {
  fail(message: string): never;
  random(seed: number): unknown;
  text(x: unknown): string;
};
const circle: Record<string, unknown> = {};
circle.circle = circle;

export default {
  apiVersion: 1,
  name: "outer-errors",
  summary: "follows errors",
  source: "tests",
  config: {},
  create(_options: object, tools: Tools) {
    const failures = [
      () => tools.fail("x"),
      () => tools.random(NaN),
      () => tools.random(Symbol() as unknown as number),
      () => tools.text(null),
      () => tools.text(Uint8Array.of(255)),
      () => JSON.stringify(circle),
      function deeper(): void {
        deeper();
      },
      () => new Array(-1),
      () => (null as unknown as { x: number }).x,
    ];
    let thrown = 0, outside = 0;
    for (const fail of failures) {
      try {
        fail();
      } catch (error) {
        thrown++;
        if ((error as Error).constructor.constructor !== Function) outside++;
      }
    }
    throw new Error(`${thrown} errors, ${outside} of another realm`);
  },
};

// Loaded before the command (--preload): tells its own resident memory on stderr, ten times a second.
const encoder = new TextEncoder();
const timer = setInterval(() => {
  Deno.stderr.writeSync(encoder.encode(`rss ${Deno.memoryUsage().rss}\n`));
}, 100);
Deno.unrefTimer(timer);

// What stands between a plugin and the host inside the plugin's own realm. The host hands in numbers and
// texts and gets back numbers, texts and the arrays below: no object of the host's realm ever comes in
// here, because any would lead to the host's Function. Exceptions stay here, as the text of `problem`.
(function (RandomStream) {
  "use strict";
  // Taken before the plugin runs, which may put others in their place.
  const { parse, stringify } = JSON, text = String, isArray = Array.isArray;
  const Words = Int32Array, Bytes = Uint8Array, Singles = Float32Array, Doubles = Float64Array;
  const Failure = Error, freeze = Object.freeze;
  const HEX = [];
  for (let byte = 0; byte < 256; byte++) HEX[byte] = (byte < 16 ? "%0" : "%") + byte.toString(16);

  let plugin, problem = "", refusal = null, refused = false, pending = false;

  function note(error) {
    refused = refusal !== null && error === refusal; // one that the plugin caught is none
    try {
      const message = error === null || typeof error !== "object" ? error : error.message;
      problem = text(message) || "an error without a message";
    } catch {
      problem = "an error that cannot be read";
    }
    return undefined;
  }

  function run(call) {
    try {
      return call();
    } catch (error) {
      return note(error);
    }
  }

  /** Runs what may be a promise; `pending` falls when it is done, `problem` says how it failed. */
  function runSlow(call, then) {
    pending = true;
    (async () => {
      try {
        then(await call());
      } catch (error) {
        note(error);
      }
      pending = false;
    })();
    return 0;
  }

  function toolsFor(name) {
    return freeze({
      fail(message) {
        throw refusal = new Failure(text(message));
      },
      random(seed) {
        const stream = RandomStream.of(seed, `environment ${name}`);
        return () => stream.uniform();
      },
      text(bytes) {
        let out = "";
        // In pieces that end where a character begins, written as a URL has them.
        for (let from = 0; from < bytes.length;) {
          let to = from + 8192 < bytes.length ? from + 8192 : bytes.length;
          while (to < bytes.length && (bytes[to] & 0xc0) === 0x80) to--;
          let piece = "";
          for (let i = from; i < to; i++) piece += HEX[bytes[i]];
          out += decodeURIComponent(piece);
          from = to;
        }
        return out;
      },
    });
  }

  /** A number that a plugin's method gave, which must be one. */
  function number(what, value) {
    if (typeof value === "number") return value;
    throw new Failure(`${what} gave ${typeof value}, want a number`);
  }

  function line(what, value) {
    if (typeof value === "string") return value;
    throw new Failure(`${what} gave ${typeof value}, want a text`);
  }

  /** An environment of the plugin: made by `create`, then worked with one state at a time. */
  function newEnvironment() {
    let environment, words, many, rewards, answers, forward, backward, observed, features, edges;
    // Every array is three times as long as what it holds, which lies in the middle third: a plugin that
    // takes no heed of `at` is found out.
    let W, A, B, F, S, G;
    const ability = (name) => typeof environment[name] === "function";
    return freeze({
      __proto__: null,
      create(options, names, files) {
        return runSlow(() => {
          const values = parse(options);
          for (let i = 0; i < names.length; i++) values[names[i]] = files[i];
          return plugin.create(values, toolsFor(text(plugin.name)));
        }, (made) => {
          if (made === null || typeof made !== "object") {
            throw new Failure(
              `create gave ${made === null ? "null" : typeof made}, want an environment`,
            );
          }
          environment = made;
        });
      },
      /** The facts that an environment declares, as JSON. */
      facts() {
        return run(() => {
          const { stateWords, forwardActions, backwardActions, stopAction, maxTrajectory } =
            environment;
          const { observation, enumeration, fingerprint, digraph } = environment;
          const missing = [
            ...["initial", "step", "unstep", "forwardMask", "backwardMask"],
            ...["backwardOf", "forwardOf", "logReward"],
          ].find((name) => !ability(name));
          if (missing !== undefined) {
            throw new Failure(`${missing} is ${typeof environment[missing]}, want a function`);
          }
          const {
            kind,
            sizes,
            length,
            vocabulary,
            size,
            nodes,
            nodeTypes,
            edgeTypes,
            directed,
            reversed,
            layout,
            backwardLayout,
          } = observation;
          return stringify({
            ...{ stateWords, forwardActions, backwardActions, stopAction, maxTrajectory },
            observation: {
              ...{ kind, sizes: isArray(sizes) ? [...sizes] : sizes, length, vocabulary, size },
              ...{ nodes, nodeTypes, edgeTypes, directed, layout, backwardLayout },
              reversed: isArray(reversed) ? [...reversed] : reversed,
            },
            enumeration: enumeration ? enumeration.size : null,
            fingerprint: fingerprint
              ? { words: fingerprint.words, apart: fingerprint.apart }
              : null,
            digraph: digraph
              ? { names: isArray(digraph.names) ? [...digraph.names] : digraph.names }
              : null,
            abilities: [
              ...["partialLogReward", "logCopies", "isMode", "modesOf", "text", "drawing"],
            ].filter(ability),
          });
        });
      },
      /** Makes the arrays that calls work on. */
      begin(stateWords, forwardActions, backwardActions, width, dense) {
        W = stateWords;
        A = forwardActions;
        B = backwardActions;
        F = width;
        words = new Words(3 * W);
        forward = new Bytes(3 * A);
        backward = new Bytes(3 * B);
        observed = dense ? new Singles(3 * F) : new Words(3 * F);
      },
      words: () => words,
      forwardBytes: () => forward,
      backwardBytes: () => backward,
      observed: () => observed,
      beginFingerprint(size) {
        S = size;
        features = new Words(3 * S);
      },
      features: () => features,
      beginDigraph(nodes) {
        G = nodes * nodes;
        edges = new Bytes(3 * G);
      },
      edges: () => edges,
      /** Room for the states and rewards of a batch. */
      room(count, stateWords, asked) {
        many = new Words(count * stateWords);
        rewards = new Doubles(count);
        answers = new Doubles(asked);
      },
      many: () => many,
      rewards: () => rewards,
      answers: () => answers,

      initial: () => run(() => (environment.initial(words, W), 0)),
      step: (action) => run(() => (environment.step(words, W, action), 0)),
      unstep: (action) => run(() => (environment.unstep(words, W, action), 0)),
      forwardMask: () => run(() => (environment.forwardMask(words, W, forward, A), 0)),
      backwardMask: () => run(() => (environment.backwardMask(words, W, backward, B), 0)),
      backwardOf: (action) =>
        run(() => number("backwardOf", environment.backwardOf(words, W, action))),
      forwardOf: (action) =>
        run(() => number("forwardOf", environment.forwardOf(words, W, action))),
      write: () => run(() => (environment.observation.write(words, W, observed, F), 0)),
      logReward: (count) =>
        runSlow(() => environment.logReward(many, count, rewards, answers), () => {}),
      partialLogReward: (count) =>
        runSlow(() => environment.partialLogReward(many, count, rewards), () => {}),
      logCopies: (count) => runSlow(() => environment.logCopies(many, count, rewards), () => {}),
      isMode: () => run(() => environment.isMode(words, W) ? 1 : 0),
      modesOf: () => run(() => line("modesOf", `${environment.modesOf(words, W)}`)),
      text: () => run(() => line("text", environment.text(words, W))),
      drawing: () => run(() => line("drawing", environment.drawing(words, W))),
      writeFingerprint: () => run(() => (environment.fingerprint.write(words, W, features, S), 0)),
      writeDigraph: () => run(() => (environment.digraph.write(words, W, edges, G), 0)),
      index: () => run(() => number("enumeration.index", environment.enumeration.index(words, W))),
      state: (index) => run(() => (environment.enumeration.state(index, words, W), 0)),
    });
  }

  return freeze({
    __proto__: null,
    problem() {
      const last = problem;
      problem = "";
      return last;
    },
    wasRefused: () => refused,
    isPending: () => pending,

    /** Takes the plugin's default export and describes it, as JSON. */
    adopt(value) {
      return run(() => {
        if (value === null || typeof value !== "object") {
          throw new Failure(
            `its default export is ${value === null ? "null" : typeof value}, want an object`,
          );
        }
        plugin = value;
        const { apiVersion, name, summary, source, config, rewardHook } = value;
        const described = stringify({ apiVersion, name, summary, source, config, rewardHook });
        if (typeof value.create !== "function") {
          throw new Failure(`create is ${typeof value.create}, want a function`);
        }
        return described;
      });
    },
    /** An array of the plugin's realm for the host to fill: a data file. */
    bytes: (length) => new Bytes(length),
    list: () => [],
    /** Adds to a list of this realm. */
    push(list, value) {
      list[list.length] = value;
    },
    /** Room for an environment, not made yet. */
    environment: newEnvironment,
  });
});

// What stands between a plugin and the host inside the plugin's own realm. The host hands in numbers and
// texts and gets back numbers, texts and the arrays below: no object of the host's realm ever comes in
// here, because any would lead to the host's Function. Exceptions stay here, as the text of `problem`.
(function (RandomStream) {
  "use strict";
  // Taken before the plugin runs, which may put others in their place.
  const { parse, stringify } = JSON, text = String, isArray = Array.isArray;
  const Words = Int32Array, Bytes = Uint8Array, Singles = Float32Array, Doubles = Float64Array;
  const Failure = Error, freeze = Object.freeze;

  let plugin, environment, problem = "", refused = false, pending = false;
  let words, many = new Words(0), rewards = new Doubles(0), forward, backward, observed;

  function note(error) {
    try {
      const message = error === null || typeof error !== "object" ? error : error.message;
      problem = text(message);
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
        refused = true;
        throw new Failure(text(message));
      },
      random(seed) {
        const stream = RandomStream.of(seed, `environment ${name}`);
        return () => stream.uniform();
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

  const ability = (name) => typeof environment[name] === "function";

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
        const { apiVersion, name, summary, source, config } = value;
        const described = stringify({ apiVersion, name, summary, source, config });
        if (typeof value.create !== "function") {
          throw new Failure(`create is ${typeof value.create}, want a function`);
        }
        return described;
      });
    },
    /** An array of the plugin's realm for the host to fill: a data file. */
    bytes: (length) => new Bytes(length),
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
    list: () => [],
    /** Adds to a list of this realm. */
    push(list, value) {
      list[list.length] = value;
    },
    /** The facts that an environment declares, as JSON. */
    facts() {
      return run(() => {
        const { stateWords, forwardActions, backwardActions, stopAction, maxTrajectory } =
          environment;
        const { observation, enumeration } = environment;
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
          layout,
        } = observation;
        return stringify({
          ...{ stateWords, forwardActions, backwardActions, stopAction, maxTrajectory },
          observation: {
            ...{ kind, sizes: isArray(sizes) ? [...sizes] : sizes, length, vocabulary, size },
            ...{ nodes, nodeTypes, edgeTypes, directed, layout },
          },
          enumeration: enumeration ? enumeration.size : null,
          abilities: ["partialLogReward", "isMode", "text", "drawing"].filter(ability),
        });
      });
    },
    /** Makes the arrays that calls work on. */
    begin(stateWords, forwardActions, backwardActions, width, dense) {
      words = new Words(stateWords);
      forward = new Bytes(forwardActions);
      backward = new Bytes(backwardActions);
      observed = dense ? new Singles(width) : new Words(width);
    },
    words: () => words,
    forwardBytes: () => forward,
    backwardBytes: () => backward,
    observed: () => observed,
    /** Room for the states and rewards of a batch. */
    room(count, stateWords) {
      many = new Words(count * stateWords);
      rewards = new Doubles(count);
    },
    many: () => many,
    rewards: () => rewards,

    initial: () => run(() => (environment.initial(words, 0), 0)),
    step: (action) => run(() => (environment.step(words, 0, action), 0)),
    unstep: (action) => run(() => (environment.unstep(words, 0, action), 0)),
    forwardMask: () => run(() => (environment.forwardMask(words, 0, forward, 0), 0)),
    backwardMask: () => run(() => (environment.backwardMask(words, 0, backward, 0), 0)),
    backwardOf: (action) =>
      run(() => number("backwardOf", environment.backwardOf(words, 0, action))),
    forwardOf: (action) => run(() => number("forwardOf", environment.forwardOf(words, 0, action))),
    write: () => run(() => (environment.observation.write(words, 0, observed, 0), 0)),
    logReward: (count) => runSlow(() => environment.logReward(many, count, rewards), () => {}),
    partialLogReward: (count) =>
      runSlow(() => environment.partialLogReward(many, count, rewards), () => {}),
    isMode: () => run(() => environment.isMode(words, 0) ? 1 : 0),
    text: () => run(() => line("text", environment.text(words, 0))),
    drawing: () => run(() => line("drawing", environment.drawing(words, 0))),
    index: () => run(() => number("enumeration.index", environment.enumeration.index(words, 0))),
    state: (index) => run(() => (environment.enumeration.state(index, words, 0), 0)),
  });
});

/**
 * Where a plugin is at this moment: which of its functions was called last, how many calls there were, and
 * in which state. It lies in memory that another thread can read, because a plugin that hangs cannot be
 * asked.
 *
 * @module
 */

/** Functions that a plugin is called at, by their number in a record. */
export const calls = [
  ...["none", "loading", "create", "initial", "step", "unstep", "forwardMask", "backwardMask"],
  ...["backwardOf", "forwardOf", "observation.write", "logReward", "partialLogReward", "isMode"],
  ...["modesOf", "text", "drawing", "enumeration.index", "enumeration.state"],
  ...["fingerprint.write", "digraph.write", "logCopies"],
] as const;

/** One of {@linkcode calls} that is a call. */
export type CallName = Exclude<typeof calls[number], "none">;

/** Words of a state that are kept; of longer states, the first. */
const STATE_WORDS = 64;
const COUNT = 0, CALL = 1, LENGTH = 2, STATE = 3;

/** What a record says. */
export interface Whereabouts {
  /** Calls so far, modulo 2^32. */
  count: number;
  /** The function that has not returned, or null. */
  call: CallName | null;
  /** The state it was called with; empty where it takes none. */
  state: Int32Array;
}

/** A record, written by the thread that calls. */
export class CallRecord {
  readonly #words: Int32Array;

  /** @param words of {@linkcode CallRecord.memory}, or a copy for nobody else */
  constructor(words: Int32Array = new Int32Array(STATE + STATE_WORDS)) {
    this.#words = words;
  }

  /** Memory of a record that two threads can see. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (STATE + STATE_WORDS));
  }

  /** A call begins. */
  enter(call: number, states?: Int32Array, at = 0, length = 0): void {
    const words = this.#words, kept = length < STATE_WORDS ? length : STATE_WORDS;
    for (let i = 0; i < kept; i++) words[STATE + i] = states![at + i]!;
    words[LENGTH] = kept;
    words[COUNT]!++;
    words[CALL] = call;
  }

  /** The call has returned. */
  leave(): void {
    this.#words[CALL] = 0;
  }

  /** What the record says now. */
  read(): Whereabouts {
    const words = this.#words, call = calls[words[CALL]!] as CallName | "none";
    return {
      count: words[COUNT]!,
      call: call === "none" ? null : call,
      state: words.slice(STATE, STATE + words[LENGTH]!),
    };
  }
}

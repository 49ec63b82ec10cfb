/**
 * What a reader has to know before believing a figure.
 *
 * @module
 */

/** Something that is wrong, or only worth knowing. */
export interface Notice {
  kind: "wrong" | "note";
  /** The run folder it is about, or what was asked for. */
  about: string;
  message: string;
}

/**
 * zod schemas of options that are described as plain data.
 *
 * @module
 */
import { z } from "zod";
import type { OptionSpec, OptionSpecs } from "./options.ts";

/** The schema of all options of an environment. */
export function optionSchema(specs: OptionSpecs): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, fieldSchema(spec)])),
  );
}

function fieldSchema(spec: OptionSpec): z.ZodType {
  const help = spec.unit === undefined ? spec.help : `${spec.help} (${spec.unit})`;
  const kind = kindSchema(spec);
  const field = spec.default === null
    ? kind.nullable().default(null)
    : kind.default(spec.default as never);
  return field.describe(help);
}

function kindSchema(spec: OptionSpec): z.ZodType {
  if ("int" in spec) return z.int().min(spec.int[0]).max(spec.int[1]);
  if ("number" in spec) return z.number().min(spec.number[0]).max(spec.number[1]);
  if ("boolean" in spec) return z.boolean();
  if ("enum" in spec) return z.enum(spec.enum);
  if ("string" in spec) return z.string().max(spec.string.maxLength);
  if ("file" in spec) return z.string().min(1);
  const { of, min, max, maxLength } = spec.list;
  return z.array((of === "int" ? z.int() : z.number()).min(min).max(max)).max(maxLength);
}

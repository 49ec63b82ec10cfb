/**
 * Settings as a table for a person, from their JSON Schema.
 *
 * @module
 */

/** The parts of a JSON Schema that zod makes of settings. */
export interface SettingSchema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  anyOf?: SettingSchema[];
  items?: SettingSchema;
  properties?: Record<string, SettingSchema>;
}

/** One line a setting: key, default, what is allowed, help. */
export function settingsTable(schema: SettingSchema, prefix: string): string {
  return tableOfSettings(settingRows(schema, prefix));
}

/** Key, default, what is allowed and help of each setting, in the order of the schema. */
export function settingRows(schema: SettingSchema, prefix: string): SettingRow[] {
  return [...rowsOf(schema, prefix)];
}

/** Rows as a table. */
export function tableOfSettings(rows: readonly SettingRow[]): string {
  const width = (column: 0 | 1 | 2) => Math.max(0, ...rows.map((row) => row[column].length));
  return rows.map(([key, preset, allowed, help]) =>
    `  ${key.padEnd(width(0))}  ${preset.padEnd(width(1))}  ${allowed.padEnd(width(2))}  ${help}`
      .trimEnd()
  ).join("\n");
}

/** One setting. */
export type SettingRow = [key: string, preset: string, allowed: string, help: string];

function* rowsOf(schema: SettingSchema, prefix: string): Generator<SettingRow> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    if (field.properties) yield* rowsOf(field, key);
    else {
      const preset = field.default === undefined ? "-" : JSON.stringify(field.default);
      yield [key, preset, allowedBy(field), field.description ?? ""];
    }
  }
}

function allowedBy(schema: SettingSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(allowedBy).join(" | ");
  if (schema.type === "array") return `list of ${allowedBy(schema.items ?? {})}`;
  if (schema.type !== "integer" && schema.type !== "number") return schema.type ?? "any";
  const low = schema.exclusiveMinimum === undefined
    ? `[${schema.minimum ?? "-inf"}`
    : `(${schema.exclusiveMinimum}`;
  const high = schema.exclusiveMaximum === undefined
    ? `${schema.maximum ?? "inf"}]`
    : `${schema.exclusiveMaximum})`;
  return `${schema.type} ${low}, ${high}`;
}

/**
 * The controls of the page, made from the table of settings.
 *
 * @module
 */
import {
  type Field,
  type FieldName,
  fieldNames,
  fields,
  matters,
  seedOf,
  type Settings,
  type Value,
} from "./settings.ts";

/** Controls that stand in a form. */
export interface Controls {
  /** Shows other settings. */
  show(settings: Settings): void;
}

/**
 * Puts a control for every setting into a form.
 *
 * @param changed told when the reader has chosen another value
 */
export function makeControls(
  form: HTMLFormElement,
  changed: (name: FieldName, value: Value) => void,
): Controls {
  const all = fieldNames.map((name) => {
    const control = makeControl(name, fields[name], (value) => changed(name, value));
    form.append(control.row);
    return { name, ...control };
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  return {
    show(settings) {
      for (const { name, row, set } of all) {
        row.hidden = !matters(name, settings);
        set(settings[name]);
      }
    },
  };
}

interface Control {
  row: HTMLElement;
  set(value: Value): void;
}

function makeControl(name: FieldName, field: Field, changed: (value: Value) => void): Control {
  const row = document.createElement("div"), label = document.createElement("label");
  const help = document.createElement("small");
  row.className = `control ${field.shown}`;
  label.htmlFor = name;
  label.textContent = field.label;
  help.id = `${name}-help`;
  help.textContent = field.help;
  const { input, extra, set } = inputOf(field, changed);
  input.id = input.name = name;
  input.setAttribute("aria-describedby", help.id);
  row.append(label, ...extra, input, help);
  return { row, set };
}

interface Input {
  input: HTMLInputElement | HTMLSelectElement;
  extra: readonly HTMLElement[];
  set(value: Value): void;
}

function inputOf(field: Field, changed: (value: Value) => void): Input {
  if (field.values === null) return seedInput(changed);
  return field.shown === "slider"
    ? slider(field.values, changed)
    : choice(field.values, field.names ?? {}, changed);
}

/** A slider over the places of a list. */
function slider(values: readonly Value[], changed: (value: Value) => void): Input {
  const input = document.createElement("input"), output = document.createElement("output");
  Object.assign(input, { type: "range", min: "0", max: String(values.length - 1), step: "1" });
  const tell = () => {
    const text = written(values[input.valueAsNumber]!);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", tell);
  input.addEventListener("change", () => changed(values[input.valueAsNumber]!));
  return {
    input,
    extra: [output],
    set(value) {
      input.value = String(values.indexOf(value));
      tell();
    },
  };
}

function choice(
  values: readonly Value[],
  names: Readonly<Record<string, string>>,
  changed: (value: Value) => void,
): Input {
  const input = document.createElement("select");
  for (const value of values) input.add(new Option(names[value] ?? String(value), String(value)));
  input.addEventListener("change", () => changed(values[input.selectedIndex]!));
  return { input, extra: [], set: (value) => void (input.selectedIndex = values.indexOf(value)) };
}

function seedInput(changed: (value: Value) => void): Input {
  const input = document.createElement("input");
  Object.assign(input, { type: "text", inputMode: "numeric", autocomplete: "off" });
  input.addEventListener("change", () => {
    const seed = seedOf(input.value.trim());
    input.setCustomValidity(seed === undefined ? "A whole number from 0 to 4294967295." : "");
    if (seed === undefined) input.reportValidity();
    else changed(seed);
  });
  return { input, extra: [], set: (value) => void (input.value = String(value)) };
}

function written(value: Value): string {
  if (typeof value === "string") return value;
  return value !== 0 && Math.abs(value) < 1e-3
    ? value.toExponential(0)
    : value.toLocaleString("en");
}

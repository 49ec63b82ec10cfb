/**
 * The house rules as a lint plugin. The tables that they read are in `layout.ts`.
 *
 * @module
 */
import { visitGlobals, visitModules } from "./_lint_visitors.ts";
import {
  ambientUsers,
  imports,
  isIn,
  packages,
  placeOf,
  printers,
  systemUsers,
  workshops,
} from "./layout.ts";

type Context = Deno.lint.RuleContext;
type Node = Deno.lint.Node;

const ROOT = new URL("../", import.meta.url).pathname;

/** The path of the linted file from the root of the project, or as given where it lies elsewhere. */
function pathOf(context: Context): string {
  const path = context.filename.replace(/^file:\/\//, "");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

function isInAny(path: string, places: readonly string[]): boolean {
  return places.some((place) => isIn(path, place));
}

/** `../tensor/heap.ts` as written in `policies/mlp.ts` gives `tensor/heap.ts`. */
function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** `@scope/name/deep` gives `@scope/name`, `npm:name@1/deep` gives `name`. */
function packageOf(specifier: string): string {
  const bare = specifier.replace(/^npm:\/?/, "");
  return /^(@[^/]+\/)?[^/@]+/.exec(bare)?.[0] ?? bare;
}

const importDirection: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    if (isInAny(path, workshops)) return {};
    const place = placeOf(path);
    return visitModules(({ source, typeOnly, lazy, node }) => {
      if (!source.startsWith(".")) return;
      if (place === undefined) {
        context.report({
          node,
          message: `Cannot check the imports of ${path}: its place is not in the layout`,
          hint: "Give the folder a row in _tools/layout.ts",
        });
        return;
      }
      const target = resolve(path, source);
      const allowed = imports[place]!;
      // An environment is one file without runtime imports, like a stranger's; so no row of itself. Only
      // a table that it ships may be loaded, once it is opened.
      const own = place !== "envs" && place !== "examples" && isIn(target, place);
      if (own || isInAny(target, allowed)) return;
      const marked = (mark: string) =>
        allowed.flatMap((one) => one.startsWith(mark) ? [one.slice(mark.length)] : []);
      const typeAllowed = isInAny(target, marked("type "));
      const lazyAllowed = isInAny(target, marked("lazy "));
      if (typeOnly && typeAllowed || lazy && lazyAllowed) return;
      const how = typeAllowed ? " at run time" : lazyAllowed ? " when it is loaded itself" : "";
      context.report({
        node,
        message: `${place} may not import ${target}${how}`,
        hint: typeAllowed
          ? "Use import type"
          : lazyAllowed
          ? "Use import() where it is needed"
          : `It may import: ${allowed.join(", ") || "nothing"} (_tools/layout.ts)`,
      });
    }, (node) => {
      if (isInAny(path, systemUsers)) return;
      context.report({
        node,
        message: "A computed import() needs permission and is invisible to bundlers",
        hint: "Import a literal path",
      });
    });
  },
};

const packageOrigin: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    return visitModules(({ source, node }) => {
      if (source.startsWith(".") || source.startsWith("node:")) return;
      if (/^(jsr|https?):/.test(source)) {
        context.report({
          node,
          message: `Cannot import ${source}: gfn builds from the npm registry alone`,
          hint: "Use an npm package of the import map",
        });
        return;
      }
      const name = packageOf(source);
      const places = packages[name];
      if (places !== undefined && isInAny(path, places)) return;
      context.report({
        node,
        message: places === undefined
          ? `Package ${name} is not in the layout`
          : `Package ${name} may not be imported in ${path}`,
        hint: places === undefined
          ? "Give it a row in _tools/layout.ts"
          : `It may be imported in: ${places.join(", ")}`,
      });
    }, () => {});
  },
};

/** Members of globals that differ from run to run; null stands for every member. */
const AMBIENT: Readonly<Record<string, readonly string[] | null>> = {
  Math: ["random"],
  Date: null,
  performance: null,
  crypto: ["getRandomValues", "randomUUID"],
};

const noAmbient: Deno.lint.Rule = {
  create(context) {
    if (isInAny(pathOf(context), ambientUsers)) return {};
    return visitGlobals(new Set(Object.keys(AMBIENT)), ({ object, property, node }) => {
      const members = AMBIENT[object]!;
      // A bare Math or crypto, as in `const { random } = Math`, hides which member is used.
      if (members !== null && property !== null && !members.includes(property)) return;
      const what = property === null ? object : `${object}.${property}`;
      context.report({
        node,
        message: `${what} makes two runs of a seed differ`,
        hint: "Take a RandomStream (tensor/random.ts) as an argument, read the clock in cli/",
      });
    });
  },
};

const noSystem: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    if (isInAny(path, systemUsers)) return {};
    const hint = "Only cli/, store/ and plugins/_host*.ts touch the machine";
    return {
      ...visitGlobals(new Set(["Deno"]), ({ property, node }) => {
        const what = property === null ? "Deno" : `Deno.${property}`;
        context.report({ node, message: `${what} ties the library to one runtime`, hint });
      }),
      ...visitModules(({ source, node }) => {
        if (!source.startsWith("node:")) return;
        context.report({ node, message: `${source} ties the library to one runtime`, hint });
      }, () => {}),
    };
  },
};

const noConsole: Deno.lint.Rule = {
  create(context) {
    if (isInAny(pathOf(context), printers)) return {};
    return visitGlobals(new Set(["console"]), ({ node }) => {
      context.report({
        node,
        message: "The library does not print",
        hint: "Throw a failure, yield a warning event, or print in cli/",
      });
    });
  },
};

const CONTRACTION =
  /\b(\w+n['’]t|(i|you|we|they|it|that|there|what|here|who|let)['’](re|ve|ll|d|m|s))\b/i;

/** The pieces of literal text in an expression; `last` says that the message ends with it. */
function* literalText(node: Node, last: boolean): Generator<{ text: string; last: boolean }> {
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "string") yield { text: node.value, last };
      break;
    case "TemplateLiteral":
      for (const [i, part] of node.quasis.entries()) {
        yield { text: part.cooked, last: last && i === node.quasis.length - 1 };
      }
      break;
    case "BinaryExpression":
      yield* literalText(node.left, false);
      yield* literalText(node.right, last);
      break;
    case "ConditionalExpression":
      yield* literalText(node.consequent, last);
      yield* literalText(node.alternate, last);
      break;
  }
}

const errorWording: Deno.lint.Rule = {
  create(context) {
    return {
      CallExpression(node) {
        const { callee, arguments: [code, message] } = node;
        if (callee.type !== "Identifier") return;
        if (callee.name !== "failure" && callee.name !== "usageError") return;
        if (
          code?.type === "Literal" && typeof code.value === "string" &&
          !/^E_[A-Z0-9]+(_[A-Z0-9]+)*$/.test(code.value)
        ) {
          context.report({
            node: code,
            message: `${code.value} is no error code`,
            hint: "Codes look like E_ENV_UNKNOWN",
          });
        }
        if (message === undefined) return;
        for (const { text, last } of literalText(message, true)) {
          const contraction = CONTRACTION.exec(text)?.[0];
          if (contraction !== undefined) {
            context.report({
              node: message,
              message: `Error message holds the contraction ${contraction}`,
              hint: "Write it out",
            });
          }
          if (last && /\.\s*$/.test(text)) {
            context.report({
              node: message,
              message: "Error message ends with a period",
              hint: "What was tried, colon, what was found and what is wanted; no period",
            });
          }
        }
      },
    };
  },
};

export default {
  name: "gfn",
  rules: {
    "import-direction": importDirection,
    "package-origin": packageOrigin,
    "no-ambient": noAmbient,
    "no-system": noSystem,
    "no-console": noConsole,
    "error-wording": errorWording,
  },
} satisfies Deno.lint.Plugin;

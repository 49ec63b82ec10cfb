/**
 * What the lint rules look at: the modules that a file names, and its uses of globals.
 *
 * @module
 */

type Node = Deno.lint.Node;

/** A module that a file names. */
export interface NamedModule {
  /** As written. */
  source: string;
  /** Whether nothing of it is left at run time. */
  typeOnly: boolean;
  /** Whether it is loaded by an `import()`, when that is reached. */
  lazy: boolean;
  node: Node;
}

/** Calls `visit` for each module that a file names, whatever the syntax. */
export function visitModules(
  visit: (module: NamedModule) => void,
  computed: (node: Node) => void,
): Deno.lint.LintVisitor {
  return {
    ImportDeclaration(node) {
      // `import { type A }` is dropped by the compiler as `import type { A }` is.
      const typeOnly = node.importKind === "type" ||
        (node.specifiers.length > 0 &&
          node.specifiers.every((one) =>
            one.type === "ImportSpecifier" && one.importKind === "type"
          ));
      visit({ source: node.source.value, typeOnly, lazy: false, node });
    },
    ExportNamedDeclaration(node) {
      if (node.source === null) return;
      const typeOnly = node.exportKind === "type";
      visit({ source: node.source.value, typeOnly, lazy: false, node });
    },
    ExportAllDeclaration(node) {
      const typeOnly = node.exportKind === "type";
      visit({ source: node.source.value, typeOnly, lazy: false, node });
    },
    ImportExpression(node) {
      const { source } = node;
      if (source.type === "Literal" && typeof source.value === "string") {
        visit({ source: source.value, typeOnly: false, lazy: true, node });
      } else {
        computed(node);
      }
    },
    TSImportType(node) {
      const { argument } = node;
      if (argument.type !== "TSLiteralType" || argument.literal.type !== "Literal") return;
      visit({ source: String(argument.literal.value), typeOnly: true, lazy: false, node });
    },
  };
}

/** Names through which a global is reached, as in `globalThis.Deno`. */
const GLOBALS = new Set(["globalThis", "self", "window"]);

/** A use of a global. */
export interface GlobalUse {
  object: string;
  /** The member read, by dot or literal index; null where the global itself is used. */
  property: string | null;
  node: Node;
}

/** Calls `visit` for each use of a global among `names`. */
export function visitGlobals(
  names: ReadonlySet<string>,
  visit: (use: GlobalUse) => void,
): Deno.lint.LintVisitor {
  return {
    Identifier(node) {
      if (!names.has(node.name)) return;
      let use: Node = node;
      const { parent } = node;
      if (parent.type === "MemberExpression" && parent.property === node && !parent.computed) {
        if (parent.object.type !== "Identifier" || !GLOBALS.has(parent.object.name)) return;
        use = parent;
      } else if (isLabel(parent, node)) return;
      visit({ object: node.name, property: memberOf(use), node: use });
    },
  };
}

/** Whether the identifier only names something: a key, a type's member, a type. */
function isLabel(parent: Node, node: Deno.lint.Identifier): boolean {
  switch (parent.type) {
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed &&
        !(parent.type === "Property" && parent.shorthand);
    case "TSTypeReference":
      return true;
    default:
      return false;
  }
}

/** The member that is read of `node`, by dot or by literal index. */
function memberOf(node: Node): string | null {
  const parent = (node as Deno.lint.Identifier).parent;
  if (parent.type !== "MemberExpression" || parent.object !== node) return null;
  if (parent.property.type === "Identifier" && !parent.computed) return parent.property.name;
  if (parent.property.type === "Literal") return String(parent.property.value);
  return null;
}

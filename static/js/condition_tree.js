/* A condition's JSON as nodes that rows can show, and back, each node knowing its spot in the JSON. */
let latest = 0;

export function node(values) {
  latest += 1;
  return { id: latest, not: false, ...values };
}

export function group(join = "all", of = []) {
  return node({ kind: "group", join, least: 1, of });
}

export function emptyTree(tree) {
  return tree === null || (Array.isArray(tree.all) && tree.all.length === 0);
}

/* The tree as one group of nodes; throws where it is no condition at all. */
export function read(tree) {
  const found = readNode(tree);
  return found.kind === "group" && !found.not ? found : group("all", [found]);
}

function readNode(tree) {
  if (tree === null || Object.keys(tree).length === 0) return group();
  if ("not" in tree) {
    const inner = readNode(tree.not);
    inner.not = !inner.not;
    return inner;
  }
  if ("all" in tree) return group("all", tree.all.map(readNode));
  if ("any" in tree) return group("any", tree.any.map(readNode));
  if ("some" in tree) return { ...group("some", tree.some.of.map(readNode)), least: tree.some.at_least };
  if ("activity" in tree) return node({ kind: "activity", test: structuredClone(tree.activity) });
  if ("inactive" in tree) return node({ kind: "inactive", days: tree.inactive.days, types: tree.inactive.types ?? [] });
  if ("field" in tree) return node({ kind: "field", field: tree.field, op: tree.op, value: tree.value });
  throw new Error("no condition");
}

/* The JSON of the whole; a group of one stands for its one. */
export function write(root) {
  root.path = "";
  if (root.of.length === 0) return null;
  return root.join !== "some" && root.of.length === 1 ? writeNode(root.of[0], "") : writeNode(root, "");
}

function writeNode(one, path) {
  one.path = one.not ? join(path, "not") : path;
  const tree = bare(one, one.path);
  return one.not ? { not: tree } : tree;
}

function bare(one, path) {
  if (one.kind === "field") {
    const test = { field: one.field, op: one.op };
    return one.op === "known" || one.op === "unknown" ? test : { ...test, value: one.value ?? null };
  }
  if (one.kind === "activity") return { activity: one.test };
  if (one.kind === "inactive") return { inactive: { days: one.days, types: one.types } };
  const spot = join(path, one.join) + (one.join === "some" ? ".of" : "");
  const of = one.of.map((child, number) => writeNode(child, `${spot}[${number}]`));
  return one.join === "some" ? { some: { at_least: one.least, of } } : { [one.join]: of };
}

function join(path, key) {
  return path ? `${path}.${key}` : key;
}

export function* nodesOf(one) {
  yield one;
  for (const child of one.of ?? []) yield* nodesOf(child);
}

/* The innermost node whose spot a fault's spot begins with. */
export function nodeAt(root, spot) {
  let best = root;
  for (const one of nodesOf(root)) {
    const isWithin = one.path === "" || spot === one.path || (spot.startsWith(one.path) && ".[".includes(spot[one.path.length]));
    if (isWithin && one.path.length >= best.path.length) best = one;
  }
  return best;
}

/* The group that holds a node. */
export function parentOf(root, one) {
  for (const each of nodesOf(root)) if (each.of?.includes(one)) return each;
  return null;
}

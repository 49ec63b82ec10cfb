/**
 * The page: settings in its link, one run or two, and the figures that they share.
 *
 * @module
 */
import { themeOf } from "./canvas.ts";
import { makeControls } from "./controls.ts";
import { drawCurves } from "./curves.ts";
import { drawHeatMap, drawScale } from "./heat_map.ts";
import { Lane } from "./lane.ts";
import { commandOf, hashOf, readHash, type Settings, titleOf, treeOf } from "./settings.ts";
import { stories } from "./stories.ts";

/** Milliseconds between frames, for who wants the page calm and for everybody else. */
const PACE = { calm: 1000, lively: 100 };
/** Milliseconds between two announcements to a screen reader. */
const ANNOUNCED = 15_000;

function part<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const workerUrl = URL.createObjectURL(
  new Blob([part("worker").textContent!], { type: "text/javascript" }),
);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let settings: Settings = stories[0]!.settings;
let lanes: Lane[] = [];
let isWaiting = false;

const controls = makeControls(part<HTMLFormElement>("settings"), (name, value) => {
  use({ ...settings, [name]: value });
});

/** Begins anew with other settings, and says so in the link. */
function use(wanted: Settings, problems: readonly string[] = []): void {
  settings = wanted;
  const hash = `#${hashOf(settings)}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  controls.show(settings);
  part("problems").textContent = problems.join(" ");
  for (const button of part("stories").querySelectorAll("button")) {
    const isThis = hashOf(stories.find(({ id }) => id === button.dataset.story)!.settings) ===
      hashOf(settings);
    button.setAttribute("aria-pressed", String(isThis));
  }
  const told = stories.find((story) => hashOf(story.settings) === hashOf(settings));
  part("story").textContent = told?.says ?? "Settings of your own: the link above leads to them.";
  begin();
}

function begin(): void {
  for (const lane of lanes) lane.end();
  const objectives = [settings.a, settings.b].filter((name) => name !== "none").map(String);
  const cores = Math.max(1, Math.floor(navigator.hardwareConcurrency / objectives.length));
  part("stage").dataset.kind = settings.env === "ising" ? "lattice" : "grid";
  part("stage").dataset.lanes = String(objectives.length);
  lanes = objectives.map((objective, i) => {
    const lane = new Lane({
      ...{ objective, place: i as 0 | 1, workerUrl },
      template: part<HTMLTemplateElement>("lane"),
      start: {
        ...{ type: "start", tree: treeOf(settings, objective), cores, lines: 0 },
        pace: calm.matches ? PACE.calm : PACE.lively,
      },
      events: { drawn: drawSoon, turned },
    });
    part("lanes").append(lane.element);
    return lane;
  });
  part("command").textContent = objectives
    .map((objective) => commandOf(treeOf(settings, objective))).join("\n");
  turned();
  drawSoon();
}

/** Whether the link's end is settings, and not a place on the page. */
function saysSettings(): boolean {
  return location.hash.includes("=");
}

/** The buttons follow the runs. */
function turned(): void {
  const isOver = lanes.every(({ state }) => state === "finished" || state === "failed");
  const isPaused = lanes.some(({ state }) => state === "paused");
  const button = part<HTMLButtonElement>("pause");
  button.disabled = isOver;
  button.textContent = isPaused ? "Go on" : isOver ? "Finished" : "Pause";
  if (isOver || isPaused) announce();
}

function drawSoon(): void {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    draw();
  });
}

function draw(): void {
  const theme = themeOf(document.body);
  for (const lane of lanes) lane.draw(theme);
  const target = lanes.find((lane) => lane.target)?.target;
  if (target?.kind === "grid") {
    const most = Math.max(...target.p);
    drawHeatMap(part<HTMLCanvasElement>("target"), theme, {
      ...{ side: target.side, values: target.p, most, paths: null },
    });
    drawScale(part<HTMLCanvasElement>("scale"), theme, most);
    part("target-cells").textContent = `${target.side} × ${target.side}`;
    part("target-log-z").textContent = target.logZ.toFixed(2);
  }
  drawCurves(
    part<HTMLCanvasElement>("curves"),
    theme,
    lanes.map(({ curve, objective }) => ({ points: curve, label: titleOf(objective) })),
  );
  const legend = lanes.map(({ objective, frame, place }) => {
    const item = document.createElement("li"), tv = frame?.tv ?? null;
    item.className = place === 0 ? "first" : "second";
    item.textContent = `${titleOf(objective)} ${tv === null ? "" : tv.toFixed(3)}`;
    return item;
  });
  part("legend").replaceChildren(...legend);
}

function announce(): void {
  part("said").textContent = lanes.map((lane) => lane.sentence()).join(" ");
  part("curves").setAttribute(
    "aria-label",
    `Total variation against trajectories. ${part("said").textContent}`,
  );
}

for (const { id, title, settings: own } of stories) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = title;
  button.dataset.story = id;
  button.addEventListener("click", () => use({ ...own, seed: settings.seed }));
  part("stories").append(button);
}
part("pause").addEventListener("click", () => {
  const still = !lanes.some(({ state }) => state === "paused");
  for (const lane of lanes) lane.hold(still);
  turned();
});
part("reset").addEventListener("click", begin);
part("next-seed").addEventListener("click", () => {
  use({ ...settings, seed: (Number(settings.seed) + 1) % 2 ** 32 });
});
part("share").addEventListener("click", async () => {
  const button = part("share");
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    // A page opened from the disk may not write there: the address bar has the link.
    button.textContent = "It is in the address bar";
  }
  setTimeout(() => button.textContent = "Copy link", 2000);
});
addEventListener("hashchange", () => {
  if (!saysSettings()) return;
  const { settings: read, problems } = readHash(location.hash);
  if (hashOf(read) !== hashOf(settings)) use(read, problems);
});
new ResizeObserver(drawSoon).observe(part("stage"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);
setInterval(announce, ANNOUNCED);
part("isolation").textContent = crossOriginIsolated
  ? "This page is cross-origin isolated: wide networks train with a helper thread."
  : "This page is not cross-origin isolated, so each run has one thread.";

// On a narrow screen the settings would push the figures out of sight.
if (matchMedia("(max-width: 60rem)").matches) part("panel").removeAttribute("open");

if (saysSettings()) {
  const { settings: read, problems } = readHash(location.hash);
  use(read, problems);
} else use(settings);

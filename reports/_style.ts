/**
 * The style sheet of a page: light and dark, wide and narrow, no font and no picture from elsewhere.
 *
 * @module
 */
import { cssOf, dark, light } from "./colours.ts";

/** Grounds of letters, light enough for dark ink. */
const TINTS = {
  light: ["#cfe1ff", "#ffdcc2", "#c9f0e4", "#ecd3f7", "#f7e6a8", "#ffd0e2", "#d9efc4", "#dde2e9"],
  dark: ["#274472", "#6b3a17", "#14524a", "#56306b", "#5b4a10", "#6d2846", "#34551f", "#414b59"],
};

const tints = (theme: keyof typeof TINTS) =>
  TINTS[theme].map((colour, i) => `--t${i}:${colour}`).join(";");

/** The style sheet. */
export const style = `
:root{color-scheme:light dark;${cssOf(light)};${
  tints("light")
};--ground:#f5f6f8;--wrong:#b42318;--note:#1f5fbf;--mark:#fff0c2}
@media (prefers-color-scheme:dark){:root{${cssOf(dark)};${
  tints("dark")
};--ground:#0e1218;--wrong:#ff9a8f;--note:#79aef5;--mark:#4a3d12}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h3{font-size:1.1rem;margin:2rem 0 .75rem}
h4{font-size:1rem;margin:0 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem}
.quiet,footer,figcaption,.of{color:var(--muted);font-size:.875rem}
.quiet{overflow-wrap:anywhere}
a{color:var(--note)}
:focus-visible{outline:3px solid var(--note);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
main>section{border-top:1px solid var(--rule);padding:1.5rem 0;margin-top:1.5rem}
.notices ul{list-style:none;margin:0;padding:0;display:grid;gap:.5rem}
.notices li{background:var(--paper);border:1px solid var(--rule);border-left:.3rem solid var(--note);border-radius:.4rem;padding:.5rem .8rem;overflow-wrap:anywhere}
.notices li.wrong{border-left-color:var(--wrong)}
.notices li.wrong strong{color:var(--wrong)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.25rem;margin:.75rem 0;padding:0}
.legend li{display:flex;align-items:center;gap:.5rem;overflow-wrap:anywhere}
.legend svg{flex:none;width:2rem;height:.75rem}
fieldset{border:0;margin:.5rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center}
legend{float:left;padding:0;margin-right:.5rem}
@media (max-width:28rem){legend{width:100%}}
fieldset label{display:inline-flex;gap:.4rem;align-items:center;min-height:2.5rem;padding:0 .9rem;border:1px solid var(--rule);border-radius:2rem;background:var(--paper);cursor:pointer}
fieldset label:has(:checked){border-color:var(--note);box-shadow:inset 0 0 0 1px var(--note)}
body:not(:has(#by-seconds:checked)) .by-seconds,body:has(#by-seconds:checked) .by-trajectories{display:none}
.figures{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
figure{margin:0;min-width:0;background:var(--paper);border:1px solid var(--rule);border-radius:.6rem;padding:.9rem 1rem;display:flex;flex-direction:column}
figure svg{display:block;width:100%;height:auto;color:var(--muted);font-family:system-ui,sans-serif;font-variant-numeric:tabular-nums}
figure svg [aria-label$="grid"]{color:var(--rule);stroke:var(--rule);stroke-opacity:1}
figcaption{margin:.25rem 0 .5rem;flex:1}
details{min-width:0;margin-top:.25rem}
details>.figures{margin-top:.5rem}
summary h4{display:inline}
summary{cursor:pointer;padding:.35rem 0;color:var(--note)}
details .scroll{max-height:24rem}
.scroll{overflow:auto;border:1px solid var(--rule);border-radius:.4rem;background:var(--paper)}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;width:100%}
caption{text-align:left;padding:.4rem .6rem;color:var(--muted)}
th,td{padding:.35rem .6rem;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
thead th{position:sticky;top:0;background:var(--paper);font-weight:600;white-space:normal;vertical-align:bottom}
table .of{font-size:.8125rem;font-weight:400;white-space:nowrap}
h4 .of{font-weight:400}
th[scope=row],th.w,td.w{text-align:left}
tbody tr:last-child>*{border-bottom:0}
mark{background:var(--mark);color:inherit;padding:.1rem .35rem;border-radius:.25rem}
.swatch{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;margin-right:.5rem}
pre{overflow:auto;background:var(--paper);border:1px solid var(--rule);border-radius:.4rem;padding:.7rem .9rem;font:.8125rem/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0 .5rem}
details pre{max-height:24rem}
.gallery{list-style:none;margin:0 0 1.25rem;padding:0;display:grid;gap:.6rem;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}
.gallery:has(.written){grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
.gallery.short:has(.written){grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.gallery li{background:var(--paper);border:1px solid var(--rule);border-radius:.4rem;padding:.5rem .6rem;min-width:0;display:flex;flex-direction:column;gap:.3rem;justify-content:space-between}
.gallery img{width:100%;height:9.5rem;object-fit:contain;background:#fff;border-radius:.25rem;padding:.25rem}
.gallery code{font:.875rem/1.6 ui-monospace,monospace;overflow-wrap:anywhere}
.letters b{font-weight:500;padding:.08rem .2rem;color:var(--ink)}
${TINTS.light.map((_, i) => `.letters .t${i}{background:var(--t${i})}`).join("")}
footer{padding-top:1rem;padding-bottom:2rem}
@media (max-width:40rem){h1{font-size:1.35rem}figure{padding:.7rem .6rem}.gallery:not(:has(.written)){grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr))}}
@media print{fieldset,.skip,details:not([open]){display:none}body{background:#fff}}
`;

/* Elements without a framework: make them, and redraw a place only when what it shows changed. */

const SVG = "http://www.w3.org/2000/svg";
const DRAWN_AS_SVG = new Set(["svg", "path", "rect"]);

/** Make an element. `colours` are custom properties; `on…` are listeners; null, false and undefined leave out. */
export function h(tag, properties = {}, ...children) {
  const node = DRAWN_AS_SVG.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "colours") {
      for (const [property, colour] of Object.entries(value)) node.style.setProperty(property, colour);
    } else if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const drawn = new WeakMap();

/** Draw a place anew if its slice of the state is another one; the focus stays where it was. */
export function redraw(place, slice, draw) {
  const written = JSON.stringify(slice);
  if (drawn.get(place) === written) return false;
  drawn.set(place, written);
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  place.replaceChildren(...draw(slice));
  if (focused) place.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return true;
}

/** Draw a code from the path and the side that the server sent. */
export function code(drawing, label) {
  return h(
    "svg",
    { class: "code", viewBox: `0 0 ${drawing.side} ${drawing.side}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    h("path", { d: drawing.path }),
  );
}

export const find = (id) => document.getElementById(id);

/** Remember what a place showed last, by key, and tell which keys show another value now. */
export function differences() {
  const known = new Map();
  return (key, value) => {
    const before = known.get(key);
    known.set(key, value);
    return before !== undefined && before !== value;
  };
}

// The triangle: a picture of the admissible weights with a marker that is put by a click or arrow keys.

const SVG = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function marker(kind, radius) {
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("class", `sp-${kind}`);
  dot.setAttribute("r", radius);
  return dot;
}

function render({ model, el }) {
  const frame = document.createElement("div");
  frame.className = "sp-triangle";
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  const picture = document.createElement("img");
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("aria-hidden", "true");
  const halo = marker("halo", 9);
  const dot = marker("dot", 6);
  layer.append(halo, dot);
  frame.append(picture, layer);
  let busy = false;
  let waiting = null;

  const ask = (message) => {
    if (busy) {
      waiting = message;
      return;
    }
    busy = true;
    model.send(message);
  };

  const place = () => {
    const { at, said, label } = model.get("state");
    const { offsetWidth: width, offsetHeight: height } = picture;
    layer.setAttribute("viewBox", `0 0 ${width || 1} ${height || 1}`);
    for (const each of [halo, dot]) {
      each.setAttribute("cx", at[0] * width);
      each.setAttribute("cy", at[1] * height);
    }
    frame.setAttribute("aria-label", `${label} ${said}`);
    frame.title = label;
  };

  const draw = () => {
    picture.src = model.get("picture");
    picture.alt = model.get("alt");
  };

  const answered = () => {
    busy = false;
    place();
    const next = waiting;
    waiting = null;
    if (next) ask(next);
  };

  const point = (event) => {
    const box = picture.getBoundingClientRect();
    ask({ at: [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height] });
  };
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    frame.focus();
    point(event);
  });
  frame.addEventListener("pointermove", (event) => event.buttons && point(event));
  frame.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to the next cell
    ask({ step: ARROWS[event.key] });
  });

  draw();
  picture.addEventListener("load", place);
  const watch = new ResizeObserver(place);
  watch.observe(picture);
  el.append(frame);
  model.on("change:state", answered);
  model.on("change:picture", draw);
  return () => {
    watch.disconnect();
    model.off("change:state", answered);
    model.off("change:picture", draw);
  };
}

export default { render };

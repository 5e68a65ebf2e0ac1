// Linked sliders: native ranges, so that arrow keys, labels and screen readers work by themselves.
// A move is answered before the next one is sent, so a slow machine never falls behind the hand.

const OWN_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

// JupyterLab would take these keys for itself, and prevent what they do to sliders and lists.
function keep(event) {
  if (OWN_KEYS.includes(event.key)) event.stopPropagation();
}

function row(state, number, ask) {
  const line = document.createElement("label");
  line.className = "sp-slider";
  const name = document.createElement("span");
  name.className = "sp-slider-name";
  const input = document.createElement("input");
  input.type = "range";
  const shown = document.createElement("output");
  input.addEventListener("input", () => ask({ number, value: Number(input.value) }));
  line.append(name, input, shown);
  return { line, name, input, shown };
}

function render({ model, el }) {
  const group = document.createElement("fieldset");
  group.className = "sp-sliders";
  const legend = document.createElement("legend");
  const said = document.createElement("p");
  said.className = "sp-said";
  said.setAttribute("role", "status");
  let rows = [];
  let busy = false;
  let waiting = null;

  const ask = (move) => {
    if (busy) {
      waiting = move;
      return;
    }
    busy = true;
    model.send(move);
  };

  const draw = () => {
    const state = model.get("state");
    if (rows.length !== state.names.length) {
      rows = state.names.map((_, number) => row(state, number, ask));
      group.replaceChildren(legend, ...rows.map((each) => each.line), said);
    }
    legend.textContent = state.legend;
    said.textContent = state.said;
    rows.forEach((each, number) => {
      const { input } = each;
      each.name.textContent = state.names[number];
      each.shown.textContent = state.shown[number];
      input.min = state.least[number];
      input.max = state.most[number];
      input.step = state.step;
      input.disabled = state.least[number] >= state.most[number];
      input.title = state.hints[number];
      input.setAttribute("aria-valuetext", state.shown[number]);
      if (!waiting || waiting.number !== number) input.value = state.values[number];
    });
  };

  const answered = () => {
    busy = false;
    const next = waiting;
    draw();
    waiting = null;
    if (next) ask(next);
  };

  draw();
  el.append(group);
  const placed = new ResizeObserver(() => {
    (group.closest(".sp-explorer") ?? group).addEventListener("keydown", keep); // adding it again changes nothing
  });
  placed.observe(group);
  model.on("change:state", answered);
  return () => {
    placed.disconnect();
    model.off("change:state", answered);
  };
}

export default { render };

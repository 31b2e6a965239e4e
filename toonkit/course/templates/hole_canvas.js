// A picture on which a hole is painted: by a mouse, a pen or a finger, or by keys alone.
// The mask has a letter a pixel, 1 where something is missing and 0 elsewhere. Python and this page share it, as text:
// of two buffers a widget's model does not see that they differ.

const DOWN = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const FAR = 4; // pixels that an arrow moves with Shift

function corner(place, brush) {
  return place - Math.floor(brush / 2); // the first pixel that a brush at a place covers
}

function stamp(mask, side, row, column, brush, value) {
  const [top, left] = [corner(row, brush), corner(column, brush)];
  for (let y = Math.max(top, 0); y < Math.min(top + brush, side); y++)
    for (let x = Math.max(left, 0); x < Math.min(left + brush, side); x++) mask[y * side + x] = value;
}

function line(mask, side, from, to, brush, value) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
  for (let k = 0; k <= steps; k++) {
    const at = [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * k) / steps));
    stamp(mask, side, at[0], at[1], brush, value);
  }
}

function render({ model, el }) {
  const side = model.get("side");
  const scale = model.get("scale");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * scale;
  canvas.tabIndex = 0;
  canvas.className = "toonkit-holes";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", model.get("label"));
  canvas.setAttribute("data-lm-suppress-shortcuts", "true"); // keys are ours while it has the focus
  canvas.style.touchAction = "none";
  canvas.style.cursor = "crosshair";
  const told = document.createElement("div");
  told.setAttribute("aria-live", "polite");
  told.style.fontSize = "small";
  el.append(canvas, told);

  const pen = canvas.getContext("2d");
  const picture = new Image();
  let mask = copied();
  let cursor = [side >> 1, side >> 1];
  let last = null; // where a stroke has come to
  let held = false; // whether the keyboard's pen is down

  function copied() {
    return Uint8Array.from(model.get("mask"), Number);
  }

  function draw() {
    pen.imageSmoothingEnabled = false;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (picture.complete && picture.naturalWidth) pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    pen.fillStyle = model.get("colour");
    for (let k = 0; k < mask.length; k++)
      if (mask[k]) pen.fillRect((k % side) * scale, Math.floor(k / side) * scale, scale, scale);
    if (document.activeElement !== canvas) return;
    const brush = model.get("brush");
    const [top, left] = cursor.map((place) => corner(place, brush) * scale);
    for (const [colour, inset] of [["white", 0], ["black", 1]]) {
      pen.strokeStyle = colour;
      pen.strokeRect(left + inset + 0.5, top + inset + 0.5, brush * scale - 2 * inset, brush * scale - 2 * inset);
    }
  }

  function say() {
    const missing = mask.reduce((sum, value) => sum + value, 0);
    const share = Math.round((100 * missing) / mask.length);
    told.textContent = `row ${cursor[0] + 1}, column ${cursor[1] + 1}${held ? ", pen down" : ""}; ${share} % missing`;
  }

  function keep() {
    model.set("mask", mask.join(""));
    model.save_changes();
  }

  function show() {
    draw();
    say();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const share = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return share.map((value) => Math.max(0, Math.min(side - 1, Math.floor(value * side))));
  }

  function value() {
    return model.get("erase") ? 0 : 1;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.focus();
    canvas.setPointerCapture(event.pointerId);
    last = cursor = place(event);
    line(mask, side, last, last, model.get("brush"), value());
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    cursor = place(event);
    line(mask, side, last, cursor, model.get("brush"), value());
    last = cursor;
    show();
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      if (last) keep();
      last = null;
    });
  canvas.addEventListener("keydown", (event) => {
    const step = DOWN[event.key];
    if (!step && event.key !== " " && event.key !== "Enter") return; // Tab leaves, as everywhere
    event.preventDefault();
    event.stopPropagation();
    const before = cursor;
    if (step) {
      const far = event.shiftKey ? FAR : 1;
      cursor = cursor.map((value, axis) => Math.max(0, Math.min(side - 1, value + far * step[axis])));
    }
    if (event.key === "Enter") held = !held; // the pen goes down, or up
    if (held || event.key === " ") {
      line(mask, side, before, cursor, model.get("brush"), value());
      keep();
    }
    show();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, draw);
  model.on("change:mask", () => {
    mask = copied();
    show();
  });
  const load = () => {
    picture.src = model.get("picture");
  };
  picture.addEventListener("load", draw);
  model.on("change:picture", load);
  model.on("change:brush", draw);
  load();
  show();
}

export default { render };

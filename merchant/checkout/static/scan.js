// The scan screen: four ways to a code, one way on.

import { Refusal, scanPicture } from "./api.js";
import { Camera, Resting, cameraIsPossible, toJpeg } from "./camera.js";
import { announce, element, hush, show, unlessTouch, warn } from "./screens.js";
import { say } from "./texts.js";

const LONGEST_PHOTO = 2_000;
const camera = new Camera(element("video"));
const button = element("camera");
const field = element("code");
const photo = element("photo");

/** Wires the screen. `found(code)` takes a code further; `failed(error)` says what went wrong. */
export function prepareScan(found, failed) {
  button.hidden = !cameraIsPossible();
  button.addEventListener("click", () => (camera.isOn ? rest() : look(found, failed)));
  element("scan").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && camera.isOn) {
      rest();
      button.focus();
    }
  });
  element("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim();
    if (code) found(code);
    else field.focus();
  });
  photo.addEventListener("change", () => readPhoto(found, failed));
  document.addEventListener("visibilitychange", () => document.hidden && rest());
}

export function showScan() {
  field.value = "";
  show("scan", unlessTouch(field));
}

/** Turns the camera off. */
export function rest() {
  camera.stop();
  button.setAttribute("aria-pressed", "false");
  element("viewfinder").hidden = true;
}

async function look(found, failed) {
  hush();
  button.setAttribute("aria-pressed", "true");
  element("viewfinder").hidden = false;
  announce(say("camera_on"));
  try {
    const code = await camera.look();
    if (!code) return;
    rest();
    navigator.vibrate?.(60);
    found(code);
  } catch (error) {
    rest();
    failed(error, cameraFault(error));
  }
}

function cameraFault(error) {
  if (error instanceof Resting) return say("camera_rests");
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return say("camera_refused");
  return error instanceof DOMException ? say("camera_missing") : null;
}

async function readPhoto(found, failed) {
  const [file] = photo.files;
  photo.value = "";
  if (!file) return;
  rest();
  hush();
  announce(say("reading_photo"));
  try {
    found(await scanPicture(await madeSmaller(file)));
  } catch (error) {
    failed(error);
    if (error instanceof Refusal) photo.focus();
  }
}

/** A phone's photo is several megabytes; what the browser cannot draw goes as it is, and the service says why not. */
async function madeSmaller(file) {
  try {
    const picture = await createImageBitmap(file);
    return await toJpeg(picture, picture.width, picture.height, LONGEST_PHOTO);
  } catch {
    return file;
  }
}

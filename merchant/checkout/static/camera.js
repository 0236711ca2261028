// The camera: two frames a second go to the service, never more than one at a time.

import { Refusal, scanPicture } from "./api.js";

const FRAME_EVERY_MS = 450;
const LONGEST_SIDE = 960;
const REST_AFTER_MS = 120_000;
const OURS = /^tsr[12]\./i;

export function cameraIsPossible() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

export class Camera {
  #video;
  #stream = null;

  constructor(video) {
    this.#video = video;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /**
   * Looks until a card's code is seen. Gives the code, or null when `stop` was called; throws the browser's error,
   * the service's, or Resting.
   */
  async look() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 960 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    this.#stream = stream;
    try {
      this.#video.srcObject = stream;
      await this.#video.play();
      return await this.#watch(stream);
    } finally {
      this.#close(stream);
    }
  }

  stop() {
    if (this.#stream) this.#close(this.#stream);
  }

  async #watch(stream) {
    const restAt = performance.now() + REST_AFTER_MS;
    while (this.#stream === stream) {
      const began = performance.now();
      if (began > restAt) throw new Resting();
      const code = await readFrame(this.#video);
      if (this.#stream !== stream) return null;
      if (code) return code;
      await pause(Math.max(50, FRAME_EVERY_MS - (performance.now() - began)));
    }
    return null;
  }

  #close(stream) {
    for (const track of stream.getTracks()) track.stop();
    if (this.#stream === stream) {
      this.#stream = null;
      this.#video.srcObject = null;
    }
  }
}

export class Resting extends Error {}

/** Gives the code in what the camera shows now, or null; other people's codes are passed over. */
async function readFrame(video) {
  if (!video.videoWidth) return null;
  try {
    const code = await scanPicture(await toJpeg(video, video.videoWidth, video.videoHeight, LONGEST_SIDE));
    return OURS.test(code) ? code : null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "no_code_in_photo") return null;
    if (error.status !== 429) throw error;
    await pause(1000 * (error.facts.retry_after_s ?? 1));
    return null;
  }
}

/** Draws a picture small and gives it as JPEG. */
export function toJpeg(source, width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

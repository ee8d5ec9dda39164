"""Writes golden/metrics.safetensors: predictions, labels and the metrics that numpy gets from them in float64.

Run with numpy:  python golden_metrics.py ../resources/golden/metrics.safetensors
"""

import sys

import numpy as np

import safetensors_file

CLASSES = 6
SHAPE = (4, 17, 23)


def segmentation(logits, classes):
    predicted = logits.argmax(-1)[classes >= 0]
    target = classes[classes >= 0]
    ious, accuracies = [], []
    for c in range(CLASSES):
        intersection = np.sum((predicted == c) & (target == c))
        union = np.sum((predicted == c) | (target == c))
        if union:
            ious.append(intersection / union)
        if np.any(target == c):
            accuracies.append(intersection / np.sum(target == c))
    return {
        "miou": np.mean(ious),
        "pixel_accuracy": np.mean(predicted == target),
        "mean_accuracy": np.mean(accuracies),
    }


def depth(predicted, target, mask):
    p = np.maximum(predicted.astype(np.float64), np.float64(np.float32(1e-3)))[mask > 0]
    t = target.astype(np.float64)[mask > 0]
    ratio = np.maximum(p / t, t / p)
    results = {
        "abs_rel": np.mean(np.abs(p - t) / t),
        "sq_rel": np.mean((p - t) ** 2 / t),
        "rmse": np.sqrt(np.mean((p - t) ** 2)),
        "rmse_log": np.sqrt(np.mean((np.log(p) - np.log(t)) ** 2)),
        "log10": np.mean(np.abs(np.log10(p) - np.log10(t))),
    }
    return results | {f"delta_{k}": np.mean(ratio < 1.25**k) for k in (1, 2, 3)}


def normals(predicted, target, mask):
    p = predicted.astype(np.float64)[mask > 0]
    t = target.astype(np.float64)[mask > 0]
    cosine = (p * t).sum(-1) / np.linalg.norm(p, axis=-1) / np.linalg.norm(t, axis=-1)
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    results = {"mean": np.mean(angle), "median": np.median(angle)}
    return results | {f"within_{s.replace('.', '_')}": np.mean(angle < float(s)) for s in ("11.25", "22.5", "30")}


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def main():
    rng = np.random.default_rng(11)
    classes = rng.integers(-1, CLASSES - 2, size=SHAPE).astype(np.int32)  # the last two classes never occur,
    logits = rng.normal(size=(*SHAPE, CLASSES)).astype(np.float32)
    logits[..., :-2] += np.eye(CLASSES - 2, dtype=np.float32)[np.maximum(classes, 0)]
    logits[..., CLASSES - 1] -= 100  # and the last one is never predicted either
    metres = rng.uniform(0.5, 9.9, size=SHAPE).astype(np.float32)
    predicted_metres = (metres * rng.lognormal(0, 0.3, size=SHAPE)).astype(np.float32)
    predicted_metres[0, 0, :5] = -1
    depth_mask = (rng.uniform(size=SHAPE) < 0.8).astype(np.uint8)
    vectors = unit(rng.normal(size=(*SHAPE, 3)))
    predicted_vectors = (vectors + 0.3 * rng.normal(size=vectors.shape)).astype(np.float32)
    normals_mask = (rng.uniform(size=SHAPE) < 0.7).astype(np.uint8)
    arrays = {
        "logits": logits,
        "classes": classes,
        "predicted_depth": predicted_metres,
        "depth": metres,
        "depth_mask": depth_mask,
        "predicted_normals": predicted_vectors,
        "normals": vectors,
        "normals_mask": normals_mask,
    }
    results = {
        "segmentation": segmentation(logits, classes),
        "depth": depth(predicted_metres, metres, depth_mask),
        "normals": normals(predicted_vectors, vectors, normals_mask),
    }
    print(results)
    flat = {f"{t}.{k}": repr(float(v)) for t, values in results.items() for k, v in values.items()}
    safetensors_file.write(sys.argv[1], arrays, flat)


if __name__ == "__main__":
    main()

/**
 * Drawing of labels and predictions: colour label maps, depth maps with a scale, normal maps,
 * sheets.
 */
package io.auxgrad.mtl.predict;

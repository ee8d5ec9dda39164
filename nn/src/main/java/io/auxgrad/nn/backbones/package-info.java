/** Feature extractors: images in, feature maps at several strides out. */
package io.auxgrad.nn.backbones;

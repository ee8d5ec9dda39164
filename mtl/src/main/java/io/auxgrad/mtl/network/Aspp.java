package io.auxgrad.mtl.network;

import io.auxgrad.autograd.IndexingGradients;
import io.auxgrad.autograd.PoolingGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.nn.layers.Dropout;
import io.auxgrad.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Atrous spatial pyramid pooling as in DeepLabv3 (Chen et al., 2017): a 1x1 convolution, three 3x3
 * ones of growing dilation and the mean of the image, 1x1-convolved, side by side; all of them
 * projected by a 1x1 convolution; dropout. Every convolution has batch normalisation and ReLU.
 *
 * <p>The dilations are 6, 12 and 18 at output stride 16 and twice that at 8, as published; half of
 * it at 32: always 96, 192 and 288 pixels of the image. Children {@code branch0} to {@code
 * branch3}, {@code image} and {@code project}, with PyTorch's initial weights as in torchvision.
 */
final class Aspp extends Decoder {
  private static final int REACH = 96;
  private static final int ATROUS_BRANCHES = 3;

  private final Backbone.Level input;
  private final Backbone.Level output;
  private final List<ConvBn> branches = new ArrayList<>();
  private final ConvBn image;
  private final ConvBn project;
  private final Dropout dropout;

  /** On the last, coarsest map of the encoder. */
  Aspp(Context context, List<Backbone.Level> encoder, DecoderOptions.DeepLabV3 options) {
    input = encoder.getLast();
    int in = input.channels();
    int channels = options.channels();
    output = new Backbone.Level("aspp", channels, input.stride());
    branches.add(child("branch0", convBn(context, in, channels, 1, 1)));
    for (int i = 1; i <= ATROUS_BRANCHES; i++) {
      int dilation = i * REACH / input.stride();
      branches.add(child("branch" + i, convBn(context, in, channels, 3, dilation)));
    }
    image = child("image", convBn(context, in, channels, 1, 1));
    int sideBySide = (branches.size() + 1) * channels;
    project = child("project", convBn(context, sideBySide, channels, 1, 1));
    dropout = child("dropout", new Dropout(context, (float) options.dropout()));
  }

  private static ConvBn convBn(Context context, int in, int out, int kernel, int dilation) {
    Conv2d.Builder conv = Conv2d.builder(context, in, out, kernel).dilation(dilation).samePadding();
    return new ConvBn(conv, context, Activation.RELU);
  }

  /** The one map {@code aspp}. */
  @Override
  List<Backbone.Level> levels() {
    return List.of(output);
  }

  @Override
  SequencedMap<String, Variable> forward(Map<String, Variable> encoder) {
    SequencedMap<String, Variable> maps = new LinkedHashMap<>();
    maps.put(output.name(), Scratch.run(() -> pyramid(encoder.get(input.name()))));
    return maps;
  }

  private Variable pyramid(Variable x) {
    List<Variable> parts = new ArrayList<>();
    branches.forEach(branch -> parts.add(branch.forward(x)));
    Variable mean = image.forward(PoolingGradients.globalPool(x));
    parts.add(RefineNetDecoder.resizeLike(mean, x));
    Variable joined = IndexingGradients.concat(parts, -1);
    parts.forEach(Variable::release);
    return dropout.forward(project.forward(joined));
  }

  @Override
  Layer head(Context context, int outputs) {
    return new DeepLabHead(context, output.channels(), outputs);
  }
}

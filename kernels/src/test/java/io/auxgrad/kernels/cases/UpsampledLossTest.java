package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.TestBackends.NamedBackend;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.LossOps.Result;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the op cases do not show of losses on upsampled predictions, on every backend. */
@ParameterizedClass
@MethodSource("backends")
class UpsampledLossTest {
  private static final int IGNORE = -1;
  private static final Backend CPU = Backends.cpu();

  private final Backend backend;
  private final LossOps loss;
  private final Philox random = new Philox(20260101, 9);
  private final TensorScope scope = TensorScope.open();

  UpsampledLossTest(NamedBackend named) {
    backend = named.backend();
    loss = backend.loss();
  }

  static List<NamedBackend> backends() {
    return TestBackends.all();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Each loss on a prediction, upsampled by the op or by hand. */
  enum Kind {
    CROSS_ENTROPY(13),
    L1(1),
    L2(1),
    BERHU(1),
    COSINE(3);

    final int channels;

    Kind(int channels) {
      this.channels = channels;
    }

    Result upsampled(LossOps loss, Tensor x, Tensor target, Tensor mask, boolean withGradient) {
      return switch (this) {
        case CROSS_ENTROPY -> loss.upsampledCrossEntropy(x, target, IGNORE, null, withGradient);
        case COSINE -> loss.upsampledCosine(x, target, mask, withGradient);
        default -> loss.upsampledRegression(Penalty.valueOf(name()), x, target, mask, withGradient);
      };
    }

    Result plain(LossOps loss, Tensor x, Tensor target, Tensor mask) {
      return switch (this) {
        case CROSS_ENTROPY -> loss.crossEntropy(x, target, IGNORE, null, true);
        case COSINE -> loss.cosine(x, target, mask, true);
        default -> loss.regression(Penalty.valueOf(name()), x, target, mask, true);
      };
    }
  }

  private Tensor uniform(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-3, 3);
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  private Tensor target(Kind kind, int n, int h, int w) {
    if (kind != Kind.CROSS_ENTROPY) {
      return uniform(n, h, w, kind.channels);
    }
    int[] labels = new int[n * h * w];
    Arrays.setAll(labels, i -> random.nextInt(kind.channels + 1) - 1);
    return Tensor.ofInts(backend.memory(), Shape.of(n, h, w), labels);
  }

  private Tensor mask(int n, int h, int w) {
    byte[] mask = new byte[n * h * w];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (random.nextInt(3) == 0 ? 0 : 255);
    }
    return Tensor.ofBytes(backend.memory(), Shape.of(n, h, w), mask);
  }

  private static void assertClose(Tensor want, Tensor got, String what) {
    assertEquals(want.shape(), got.shape(), what);
    float[] expected = want.toFloats();
    float[] actual = got.toFloats();
    double scale = 0;
    for (float v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 4e-6 * scale, what + " [" + i + "]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithResizingFirst(Kind kind) {
    int[][] sizes = {
      {2, 30, 40, 120, 160},
      {1, 15, 21, 61, 83},
      {3, 7, 5, 7, 5},
      {1, 60, 81, 23, 17},
      {1, 9, 79, 10, 80},
      {1, 1, 2, 9, 40}
    };
    for (int[] s : sizes) {
      Tensor x = uniform(s[0], s[1], s[2], kind.channels);
      Tensor target = target(kind, s[0], s[3], s[4]);
      Tensor mask = mask(s[0], s[3], s[4]);
      Tensor enlarged = CPU.resize().forward(onCpu(x), s[3], s[4], Mode.BILINEAR);
      Result want = kind.plain(CPU.loss(), enlarged, onCpu(target), onCpu(mask));
      Result got = kind.upsampled(loss, x, target, mask, true);
      String what = kind + " " + Arrays.toString(s);
      assertClose(want.loss(), got.loss(), what);
      assertClose(
          CPU.resize().backward(want.gradient(), s[1], s[2], Mode.BILINEAR),
          got.gradient(),
          what + " gradient");
    }
  }

  private static Tensor onCpu(Tensor t) {
    return Array64.download(t).upload(CPU.memory());
  }

  @ParameterizedTest
  @EnumSource
  void theLossIsTheSameWithoutAGradient(Kind kind) {
    Tensor x = uniform(2, 9, 11, kind.channels);
    Tensor target = target(kind, 2, 35, 47);
    Tensor mask = mask(2, 35, 47);
    Result without = kind.upsampled(loss, x, target, mask, false);
    assertNull(without.gradient());
    assertEquals(kind.upsampled(loss, x, target, mask, true).loss().item(), without.loss().item());
  }

  @ParameterizedTest
  @EnumSource
  void bfloat16IsRoundedOnTheWayOutOnly(Kind kind) {
    Tensor x = backend.pointwise().cast(uniform(2, 9, 11, kind.channels), DType.BFLOAT16);
    Tensor target = target(kind, 2, 35, 47);
    Tensor mask = mask(2, 35, 47);
    Result narrow = kind.upsampled(loss, x, target, mask, true);
    Tensor wide = backend.pointwise().cast(x, DType.FLOAT32);
    Result want = kind.upsampled(loss, wide, target, mask, true);
    assertEquals(want.loss().item(), narrow.loss().item());
    assertEquals(DType.FLOAT32, narrow.loss().dtype());
    assertEquals(DType.BFLOAT16, narrow.gradient().dtype());
    Tensor rounded = backend.pointwise().cast(want.gradient(), DType.BFLOAT16);
    assertArrayEquals(Array64.download(rounded).data(), Array64.download(narrow.gradient()).data());
  }

  /** Coarse pixels that only left-out pixels are mixed of may hold anything. */
  @ParameterizedTest
  @EnumSource
  void leftOutPixelsMayHoldAnything(Kind kind) {
    float[] hostile = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    int w = 12;
    int fineW = 48;
    float[] x = uniform(1, 6, w, kind.channels).toFloats();
    float[] clean = x.clone();
    for (int row = 0; row < 6; row++) {
      for (int c = 0; c < kind.channels; c++) {
        // The last two columns of the image.
        x[(row * w + 10) * kind.channels + c] = hostile[(row + c) % 3];
        x[(row * w + 11) * kind.channels + c] = hostile[(row + c + 1) % 3];
        clean[(row * w + 10) * kind.channels + c] = 0;
        clean[(row * w + 11) * kind.channels + c] = 0;
      }
    }
    byte[] valid = new byte[24 * fineW];
    for (int i = 0; i < valid.length; i++) {
      valid[i] = (byte) (i % fineW < 36 ? 1 : 0);
    }
    Tensor mask = Tensor.ofBytes(backend.memory(), Shape.of(1, 24, fineW), valid);
    Tensor target = target(kind, 1, 24, fineW);
    if (kind == Kind.CROSS_ENTROPY) {
      int[] labels = target.toInts();
      Arrays.setAll(labels, i -> valid[i] == 0 ? IGNORE : labels[i]);
      target.set(labels);
    }
    Shape shape = Shape.of(1, 6, w, kind.channels);
    Result got = kind.upsampled(loss, Tensor.of(backend.memory(), shape, x), target, mask, true);
    Result want =
        kind.upsampled(loss, Tensor.of(backend.memory(), shape, clean), target, mask, true);
    assertEquals(want.loss().item(), got.loss().item());
    assertArrayEquals(want.gradient().toFloats(), got.gradient().toFloats());
  }

  @ParameterizedTest
  @EnumSource
  void nothingValidMeansNoLossAndNoGradient(Kind kind) {
    Tensor x = uniform(2, 3, 5, kind.channels);
    Tensor none = Tensor.ofBytes(backend.memory(), Shape.of(2, 7, 9), new byte[2 * 7 * 9]);
    Tensor target = target(kind, 2, 7, 9);
    if (kind == Kind.CROSS_ENTROPY) {
      int[] ignored = new int[2 * 7 * 9];
      Arrays.fill(ignored, IGNORE);
      target.set(ignored);
    }
    Result result = kind.upsampled(loss, x, target, none, true);
    assertEquals(0, result.loss().item());
    assertArrayEquals(new float[2 * 3 * 5 * kind.channels], result.gradient().toFloats());
  }

  @Test
  void aLabelOutsideOfTheClassesIsNamedWithItsPlace() {
    int[] labels = new int[2 * 30 * 40];
    labels[1 * 1200 + 7 * 40 + 11] = 13;
    Tensor target = Tensor.ofInts(backend.memory(), Shape.of(2, 30, 40), labels);
    var e =
        assertThrows(
            TensorException.class,
            () ->
                loss.upsampledCrossEntropy(uniform(2, 8, 10, 13), target, 255, null, true)
                    .loss()
                    .item());
    assertEquals(
        "cross-entropy: label 13 at [1, 7, 11] is outside of [0,13) and is not the ignore index"
            + " 255",
        e.getMessage());
  }

  @Test
  void anIgnoredLabelMayBeAClass() {
    Tensor x = uniform(1, 4, 5, 3);
    int[] labels = new int[8 * 10];
    Arrays.setAll(labels, i -> i % 3);
    int[] marked = Arrays.stream(labels).map(l -> l == 0 ? IGNORE : l).toArray();
    Shape shape = Shape.of(1, 8, 10);
    Result class0 =
        loss.upsampledCrossEntropy(
            x, Tensor.ofInts(backend.memory(), shape, labels), 0, null, true);
    Result mark =
        loss.upsampledCrossEntropy(
            x, Tensor.ofInts(backend.memory(), shape, marked), IGNORE, null, true);
    assertEquals(mark.loss().item(), class0.loss().item());
    assertArrayEquals(mark.gradient().toFloats(), class0.gradient().toFloats());
  }

  @Test
  void largeLogitsDoNotOverflow() {
    float[] logits = {1e4f, -1e4f, 0, -1e30f, -1e30f, 1e30f};
    Tensor x = Tensor.of(backend.memory(), Shape.of(2, 1, 1, 3), logits);
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(2, 1, 2), 2, 2, 2, 2);
    Result result = loss.upsampledCrossEntropy(x, labels, IGNORE, null, true);
    assertEquals(5e3, result.loss().item(), 1e-2);
    assertArrayEquals(new float[] {.5f, 0, -.5f, 0, 0, 0}, result.gradient().toFloats());
  }

  @Test
  void aLogitThatIsNoNumberShowsInTheLoss() {
    for (int at = 0; at < 3; at++) {
      float[] logits = new float[12];
      logits[3 + at] = Float.NaN;
      Tensor x = Tensor.of(backend.memory(), Shape.of(1, 2, 2, 3), logits);
      Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(1, 2, 2), 0, 1, 0, 0);
      assertTrue(
          Float.isNaN(loss.upsampledCrossEntropy(x, labels, IGNORE, null, false).loss().item()),
          "class " + at);
    }
  }

  @Test
  void shapesThatDoNotBelongTogetherAreNamed() {
    Tensor labels = Tensor.ofInts(backend.memory(), Shape.of(1, 4, 4), new int[16]);
    assertEquals(
        List.of(
            "upsampled cross-entropy: logits [2,2,2,3] and labels [1,4,4] differ in the number of"
                + " images",
            "upsampled regression loss: prediction [1,2,2,3] and target [1,4,4,1] differ in"
                + " channels",
            "upsampled cosine loss: mask is FLOAT32, expected UINT8",
            "upsampled regression loss: target [1,0,4,1] has no pixels"),
        List.of(
            message(() -> loss.upsampledCrossEntropy(uniform(2, 2, 2, 3), labels, 0, null, true)),
            message(() ->
                loss.upsampledRegression(
                    Penalty.L1, uniform(1, 2, 2, 3), uniform(1, 4, 4, 1), null, true)),
            message(() ->
                loss.upsampledCosine(
                    uniform(1, 2, 2, 3), uniform(1, 4, 4, 3), uniform(1, 4, 4, 1), true)),
            message(() ->
                loss.upsampledRegression(
                    Penalty.L1, uniform(1, 2, 2, 1), uniform(1, 0, 4, 1), null, true))));
  }

  private static String message(Runnable call) {
    return assertThrows(TensorException.class, call::run).getMessage();
  }
}

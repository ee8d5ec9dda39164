package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.OptimizerOps.Adam;
import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.ReductionOps.Kind;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import io.auxgrad.tensor.ops.UnaryOp;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work large enough to be divided gives the same bytes on one, two and three threads. */
class SameBytesTest {
  private static final Backend BACKEND = Backends.cpu();
  private static final Philox RANDOM = new Philox(20260101, 5);

  private final int threads = BACKEND.threads();

  @AfterEach
  void restoreThreads() {
    BACKEND.setThreads(threads);
  }

  private static Tensor uniform(int... dims) {
    RANDOM.seek(0);
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = RANDOM.uniform(-3, 3);
    }
    return Tensor.of(BACKEND.memory(), shape, values);
  }

  private static Tensor labels(int classes, int... dims) {
    Shape shape = Shape.of(dims);
    int[] values = new int[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % (classes + 1) - 1;
    }
    return Tensor.ofInts(BACKEND.memory(), shape, values);
  }

  private static List<Tensor> both(LossOps.Result result) {
    return List.of(result.loss(), result.gradient());
  }

  enum Work {
    EXP {
      @Override
      List<Tensor> run() {
        return List.of(BACKEND.pointwise().unary(UnaryOp.EXP, uniform(4, 61, 83, 7)));
      }
    },
    DROPOUT {
      @Override
      List<Tensor> run() {
        Tensor stream = Tensor.ofInts(BACKEND.memory(), Shape.of(2), 2, 0);
        return List.of(BACKEND.pointwise().dropout(uniform(300_001), 0.3f, 1, stream));
      }
    },
    SUMS {
      @Override
      List<Tensor> run() {
        Tensor x = uniform(4, 61, 83, 37);
        var reduction = BACKEND.reduction();
        return List.of(
            reduction.reduce(Kind.SUM, x),
            reduction.reduce(Kind.MEAN, x, 0, 1, 2),
            reduction.reduce(Kind.SUM, x, 1, 2),
            reduction.reduce(Kind.SUM, x, -1),
            reduction.reduce(Kind.SUM, x, 0, 2),
            reduction.softmax(x));
      }
    },
    RESIZE {
      @Override
      List<Tensor> run() {
        Tensor x = uniform(3, 31, 41, 13);
        Tensor y = BACKEND.resize().forward(x, 120, 160, Mode.BILINEAR);
        return List.of(y, BACKEND.resize().backward(y, 31, 41, Mode.BILINEAR));
      }
    },
    MAX_POOL {
      @Override
      List<Tensor> run() {
        Tensor x = uniform(3, 31, 41, 19);
        Pool2dSpec spec = new Pool2dSpec(5, 1, 2);
        var max = BACKEND.pooling().max(x, spec, true);
        Tensor dx = BACKEND.pooling().maxBackward(x, max.positions(), spec, x.shape());
        return List.of(max.y(), max.positions(), dx);
      }
    },
    BATCH_NORM {
      @Override
      List<Tensor> run() {
        Tensor x = uniform(3, 61, 83, 37);
        Tensor gamma = uniform(37);
        var norm = BACKEND.normalization();
        var out = norm.train(x, gamma, gamma, null, null, null, 0, 1e-3f, Activation.RELU6);
        var back =
            norm.backward(
                x, x, null, gamma, gamma, out.mean(), out.invStd(), Activation.RELU6, true, false);
        return List.of(out.y(), out.mean(), out.invStd(), back.x(), back.gamma(), back.beta());
      }
    },
    CROSS_ENTROPY {
      @Override
      List<Tensor> run() {
        Tensor weights = BACKEND.pointwise().unary(UnaryOp.ABS, uniform(13));
        return both(
            BACKEND
                .loss()
                .crossEntropy(uniform(3, 91, 97, 13), labels(13, 3, 91, 97), -1, weights, true));
      }
    },
    BERHU {
      @Override
      List<Tensor> run() {
        Tensor mask = BACKEND.pointwise().cast(labels(3, 3, 91, 97), DType.UINT8);
        Tensor x = uniform(3, 91, 97);
        Tensor target = BACKEND.pointwise().affine(x, 0.5f, 1);
        return both(BACKEND.loss().regression(Penalty.BERHU, x, target, mask, true));
      }
    },
    COSINE {
      @Override
      List<Tensor> run() {
        Tensor x = uniform(3, 91, 97, 3);
        return both(BACKEND.loss().cosine(x, BACKEND.pointwise().affine(x, 1, 0.2f), null, true));
      }
    },
    UPSAMPLED_CROSS_ENTROPY {
      @Override
      List<Tensor> run() {
        Tensor weights = BACKEND.pointwise().unary(UnaryOp.ABS, uniform(13));
        return both(
            BACKEND
                .loss()
                .upsampledCrossEntropy(
                    uniform(3, 31, 41, 13), labels(13, 3, 121, 163), -1, weights, true));
      }
    },
    UPSAMPLED_BERHU {
      @Override
      List<Tensor> run() {
        Tensor target = uniform(3, 241, 323, 1);
        Tensor mask = BACKEND.pointwise().cast(labels(3, 3, 241, 323, 1), DType.UINT8);
        return both(
            BACKEND
                .loss()
                .upsampledRegression(Penalty.BERHU, uniform(3, 61, 83, 1), target, mask, true));
      }
    },
    UPSAMPLED_COSINE {
      @Override
      List<Tensor> run() {
        Tensor target = uniform(3, 241, 323, 3);
        return both(BACKEND.loss().upsampledCosine(uniform(3, 61, 83, 3), target, null, true));
      }
    },
    OPTIMIZERS {
      @Override
      List<Tensor> run() {
        List<Tensor> p = List.of(uniform(7), uniform(50_003), uniform(3), uniform(70_001));
        List<Tensor> g = List.of(uniform(7), uniform(50_003), uniform(3), uniform(70_001));
        List<Tensor> v = List.of(uniform(7), uniform(50_003), uniform(3), uniform(70_001));
        var optimizer = BACKEND.optimizer();
        Sgd sgd = new Sgd(0.1f, 0.9f, 0, true, 0.01f);
        optimizer.sgd(p, g, v, false, sgd.on(BACKEND.memory()), null);
        v.forEach(t -> BACKEND.pointwise().fill(t, 0.5f));
        Adam adam = new Adam(0.1f, 0.9f, 0.99f, 1e-8f, 0.1f, true);
        optimizer.adam(p, g, g, v, AdamStep.of(adam, 3).on(BACKEND.memory()), null);
        float squares = (float) optimizer.sumOfSquares(p);
        return List.of(
            p.get(1), p.get(3), v.get(3), Tensor.of(BACKEND.memory(), Shape.scalar(), squares));
      }
    };

    abstract List<Tensor> run();
  }

  @ParameterizedTest
  @EnumSource(Work.class)
  void onAnyNumberOfThreads(Work work) {
    long one = checksum(work, 1);
    assertEquals(one, checksum(work, 2), "2 threads");
    assertEquals(one, checksum(work, 3), "3 threads");
  }

  private static long checksum(Work work, int threads) {
    BACKEND.setThreads(threads);
    try (var _ = TensorScope.open()) {
      CRC32 sum = new CRC32();
      for (Tensor t : work.run()) {
        ByteBuffer bytes = t.segment().asByteBuffer();
        sum.update(bytes);
      }
      return sum.getValue();
    }
  }
}

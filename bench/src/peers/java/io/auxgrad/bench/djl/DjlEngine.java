package io.auxgrad.bench.djl;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.TorchScript;
import io.auxgrad.bench.engine.UnsupportedWorkException;
import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.work.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The Deep Java Library runs what PyTorch has traced: see {@link TorchScript}. */
final class DjlEngine implements Engine {
  DjlEngine(int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    // Its library comes from the class path.
    System.setProperty("ai.djl.offline", "true");
  }

  @Override
  public Work op(Op op) {
    throw new UnsupportedWorkException("DJL's ops are those of PyTorch eager");
  }

  @Override
  public Work train(Workload workload) {
    throw new UnsupportedWorkException("DJL does not train a traced network with its losses");
  }

  @Override
  public Work infer(Workload workload) {
    ZooModel<NDList, NDList> model = TorchScript.with("infer", workload, DjlEngine::load);
    Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
    NDManager manager = model.getNDManager().newSubManager();
    Shape shape = new Shape(workload.batch(), workload.height(), workload.width(), 3);
    NDList input = new NDList(manager.randomNormal(shape));
    return new Work() {
      @Override
      public void run(int times) {
        for (int i = 0; i < times; i++) {
          predict(predictor, input);
        }
      }

      @Override
      public void close() {
        predictor.close();
        model.close();
      }
    };
  }

  private static void predict(Predictor<NDList, NDList> predictor, NDList input) {
    try (NDList predictions = predictor.predict(input)) {
      if (predictions.isEmpty()) {
        throw new IllegalStateException("no predictions");
      }
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ZooModel<NDList, NDList> load(Path file) {
    try {
      return Criteria.builder()
          .setTypes(NDList.class, NDList.class)
          .optModelPath(file)
          .optEngine("PyTorch")
          .optTranslator(new NoopTranslator())
          .build()
          .loadModel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ModelNotFoundException | MalformedModelException e) {
      throw new IllegalStateException(e);
    }
  }
}

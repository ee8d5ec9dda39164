package io.auxgrad.kernels.cuda.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Listens to what a class says to the user. */
final class Said {
  private Said() {}

  /** What {@code type} logs while {@code body} runs. */
  static List<String> by(Class<?> type, Runnable body) {
    List<String> said = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            said.add(message.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(type.getName());
    logger.addHandler(handler);
    try {
      body.run();
      return said;
    } finally {
      logger.removeHandler(handler);
    }
  }
}

package io.auxgrad.kernels.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops that the JVM must compile by themselves are longer than what it inlines. */
class LongLoopsTest {
  /** The JVM's {@code FreqInlineSize}: bytes of bytecode. */
  private static final int MOST_INLINED = 325;

  @ParameterizedTest
  @CsvSource({
    "BatchNormBfloat16, gradientOfInput",
    "BatchNormBfloat16, gradientSumsOfRun",
    "ChainVectors, twoRows",
    "WindowVectors, along"
  })
  void areNotInlined(String of, String loop) throws IOException {
    byte[] bytes;
    try (InputStream file = BatchNormBfloat16.class.getResourceAsStream(of + ".class")) {
      bytes = file.readAllBytes();
    }
    int length =
        ClassFile.of().parse(bytes).methods().stream()
            .filter(method -> method.methodName().equalsString(loop))
            .map(MethodModel::code)
            .mapToInt(code -> ((CodeAttribute) code.orElseThrow()).codeLength())
            .max()
            .orElseThrow();
    assertTrue(length > MOST_INLINED, loop + " has " + length + " bytes");
  }
}
